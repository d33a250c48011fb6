/** kill -9 of a mailbox at any moment: what it said to keep, it keeps, and what was cleared stays cleared. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Connection } from "@libp2p/interface";
import { afterEach, expect, test } from "vitest";
import { decodeCbor, encodeCbor, hex, sha256 } from "@wardline/protocol/encoding";
import { acknowledge } from "@wardline/protocol/mailbox";
import { kept } from "../../../node/federation/mailbox/collections.ts";
import { given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import { keeper } from "./mail.ts";
import { startPuppet, type Puppet } from "./puppet.ts";
import { cleanUp, found, hotlineA, hotlineB, startNode, until, type Place } from "./support.ts";

const program = fileURLToPath(new URL("children/talker.ts", import.meta.url));
let child: ChildProcess | undefined;

afterEach(async () => {
  child?.kill("SIGKILL");
  await cleanUp();
});

/** Runs the mailbox in a process of its own, to be killed. */
async function run(place: Place): Promise<{ kill(): Promise<void> }> {
  const started = spawn(process.execPath, [program, JSON.stringify(place)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child = started;
  const ended = new Promise<void>((resolve) => started.once("exit", () => resolve()));
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: started.stdout }).on("line", (line) => resolve(line === "ready"));
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) throw new Error("The mailbox did not start.");
  return {
    async kill() {
      started.kill("SIGKILL");
      await ended;
    },
  };
}

interface Page {
  readonly kept: { readonly container: Uint8Array }[];
}

test("every deposit that was confirmed is given out after each kill, until it was acknowledged", async () => {
  const { places, files } = await found([hotlineA, hotlineB, keeper]);
  const [placeA, placeB, placeM] = places as [Place, Place, Place];
  const address = given(placeA.introductions.find((one) => one.includes(`/tcp/${placeM.port}/`)));
  const [sender, recipient] = [
    await startPuppet(placeA, files.trust),
    await startPuppet(placeB, files.trust),
  ];
  const random = seededRandom("mailbox kill");
  const confirmed = new Set<string>();
  const cleared = new Set<string>();
  const ask = (puppet: Puppet, connection: Connection, request: object) =>
    puppet.ask(connection, "mailbox", encodeCbor(request));

  async function leaveUntilItBreaks(connection: Connection): Promise<void> {
    for (;;) {
      const { bytes } = sender.envelope(placeB.memberId);
      await ask(sender, connection, { kind: "deposit", container: bytes });
      confirmed.add(hex(sha256(bytes)));
    }
  }

  async function check(connection: Connection): Promise<void> {
    const page = decodeCbor(await ask(recipient, connection, { kind: "collect", after: 0 })) as Page;
    const held = new Set(page.kept.map(({ container }) => hex(sha256(container))));
    expect([...confirmed].filter((hash) => !held.has(hash) && !cleared.has(hash))).toEqual([]);
    expect([...held].filter((hash) => cleared.has(hash))).toEqual([]);
    const signer = { recipient: placeB.memberId, key: recipient.keyring.identity };
    const first = page.kept.slice(0, 3).map(({ container }) => container);
    const acknowledgements = first.map((one) => acknowledge(one, signer, files.federationId, Date.now()));
    if (first.length > 0) await ask(recipient, connection, { kind: "acknowledge", acknowledgements });
    for (const container of first) cleared.add(hex(sha256(container)));
  }

  for (let round = 0; round < 2; round++) {
    const mailbox = await run(placeM);
    await check(await recipient.meet(address));
    const connection = await sender.meet(address);
    const enough = confirmed.size + 4 + (given(random(1)[0]) % 20);
    const broken = leaveUntilItBreaks(connection).catch(() => undefined);
    await until("some were taken", () => confirmed.size >= enough);
    await mailbox.kill();
    await broken;
  }
  const node = await startNode(placeM);
  await check(await recipient.meet(address));
  // What was on disk when a kill cut off its confirmation may be there as well.
  const { count } = await node.federation.mailboxView();
  expect(count).toBeGreaterThanOrEqual(confirmed.size - cleared.size);
  expect(count).toBe(await node.commit.count(kept));
  expect(cleared.size).toBe(6);
});
