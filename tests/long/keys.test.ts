/** A member's keys by the commands alone: shown, replaced, and listed by the registrars where the roster has them. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnWardline, wardline, type Run } from "../node/cli/support.ts";

let folder: string;
let federation: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wardline-keys-"));
  federation = /Federation: ([0-9a-f]{64})/.exec((await run("roster create")).out)?.[1] ?? "";
  for (const [name, country] of [
    ["one", "SE"],
    ["two", "NO"],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "password"), "a long enough passphrase\n", { mode: 0o600 });
    const described = `--federation ${federation} --member-name ${name} --country ${country} --kind hotline`;
    await run(`init --admin ada --password-file password --port 0 ${described}`, name);
    const settings = await readFile(join(folder, name, "wardline.yaml"), "utf8");
    const p2p = '  p2p:\n    - "/ip4/127.0.0.1/tcp/0"\n';
    await writeFile(join(folder, name, "wardline.yaml"), settings.replace("listen:\n", `listen:\n${p2p}`));
  }
  await run("roster add one/candidate.json two/candidate.json");
  await publish();
  for (const name of ["one", "two"]) await run("join ../federation/invite.json", name);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const run = (args: string, at = "") => wardline(args.split(" "), { cwd: join(folder, at) });

async function publish(): Promise<void> {
  await run(
    "roster sign --words-confirmed --key federation/keys/registrar-1.key federation/keys/registrar-2.key",
  );
  await run("roster publish-freshness");
}

function refused({ code, err, out }: Run, with_: string): void {
  expect(err).toMatch(/^wardline: [a-z-]+\/[a-z-]+: .+\n$/);
  expect(err).toContain(`wardline: ${with_}: `);
  expect([code, out]).toEqual([1, ""]);
}

/** Runs a node until it is up, and stops it. */
async function visit(name: string): Promise<string> {
  const node = spawnWardline(["start"], { cwd: join(folder, name) });
  let out = "";
  return new Promise((resolve, reject) => {
    node.stdout?.on("data", (chunk: Buffer) => {
      const before = out;
      out += chunk.toString();
      const isUp = (text: string) => text.includes("Members reach it at");
      if (isUp(out) && !isUp(before)) node.kill("SIGTERM");
    });
    node.stderr?.on("data", (chunk: Buffer) => (out += chunk.toString()));
    node.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(out))));
  });
}

const identityOf = async (name: string) =>
  /identity +([0-9a-f]{16})/.exec((await run("keys show", name)).out)?.[1] ?? "none";

test("a card goes by hand from one node to the other", async () => {
  refused(await run("card export", "one"), "cli/no-card");
  await visit("one");
  expect((await run("card export --out ../one.card", "one")).out).toMatch(/^Card version \d+, until 20/);
  expect((await run("card import ../one.card", "two")).out).toMatch(/^one, card version \d+: taken\n$/);
  expect((await run("card import ../one.card", "two")).out).toContain("was here already");
  const card = JSON.parse(await readFile(join(folder, "one.card"), "utf8")) as { payload: string };
  const text = Buffer.from(card.payload, "base64").toString().replace('"epoch":1', '"epoch":2');
  const altered = { ...card, payload: Buffer.from(text).toString("base64") };
  await writeFile(join(folder, "altered.card"), JSON.stringify(altered));
  refused(await run("card import ../altered.card", "two"), "card/signature");
  refused(await run("card import password", "two"), "roster/invalid");
});

test("keys are shown, and nothing is replaced without being asked", async () => {
  const { out, code } = await run("keys show", "one");
  expect(code).toBe(0);
  expect(out).toMatch(/transport {2}12D3KooW/);
  expect(out).toMatch(/log +[0-9a-f]{16} {2}known to the members\n/);
  expect(out).toMatch(/witness +[0-9a-f]{16} {2}known to the members\n/);
  expect(out.match(/to come/g)).toHaveLength(4);
  expect(out.match(/in use/g)).toHaveLength(1);
  for (const key of ["transport", "sealing", "log", "witness"])
    refused(await run(`keys rotate ${key}`, "one"), "cli/not-confirmed");
  expect((await run("keys show", "one")).out).toBe(out);
  refused(await run("keys show"), "configuration/not-found");
});

test("transport and sealing keys are replaced, and the next card says so", async () => {
  const peer = /12D3KooW\w+/.exec((await run("keys show", "one")).out)?.[0] ?? "none";
  const rotated = await run("keys rotate transport --yes", "one");
  const next = /New peer id: (12D3KooW\w+)/.exec(rotated.out)?.[1] ?? "none";
  expect(next).not.toBe(peer);
  expect((await run("keys rotate sealing --yes", "one")).out).toMatch(/^4 key\(s\)/);
  expect(await visit("one")).toContain(`/p2p/${next}`);
  const { out } = await run("keys show", "one");
  expect(out).toContain(`transport  ${next}`);
  expect(out.match(/opens only/g)).toHaveLength(1);
  expect(out.match(/revoked/g)).toHaveLength(4);
  expect(out.match(/to come/g)).toHaveLength(4);
});

test("the log key hands over; the node goes on, and the roster lists it when it comes to it", async () => {
  expect((await run("keys rotate log --yes --out ../handover.json", "one")).out).toContain(
    "was handed over at",
  );
  refused(await run("keys rotate log --yes", "one"), "keys/not-known");
  expect((await run("keys show", "one")).out).toMatch(/log +[0-9a-f]{16} {2}NOT KNOWN/);
  expect(await visit("one")).not.toContain("Read-only");
  expect((await run("keys show", "one")).out).toMatch(/log +[0-9a-f]{16} {2}known to the members\n/);
  expect((await run("roster handover handover.json")).out).toContain("one: a new log key, handed over");
  await publish();
  expect((await run("roster show")).out).toContain("Roster: version 2");
  refused(await run("roster handover one/candidate.json"), "roster/invalid");
});

test("the next identity is made at the node, and listed by registrars; the old one signs meanwhile", async () => {
  const before = await identityOf("one");
  const made = await run("keys rotate identity --out ../next.json", "one");
  const words = /(?:[a-z]{5} ){11}[a-z]{5}/.exec(made.out)?.[0] ?? "none";
  // Asked again, it is the same one.
  expect((await run("keys rotate identity --out ../next.json", "one")).out).toContain(words);
  expect((await run("keys show", "one")).out).toContain("not in the roster yet");
  const { member } = JSON.parse(await readFile(join(folder, "next.json"), "utf8")) as { member: string };
  expect((await run(`roster rotate ${member} next.json`)).out).toContain(words);
  await publish();
  expect((await run("roster show")).out).toContain("Roster: version 3");
  // Until that roster reaches the node, the old key signs.
  expect(await identityOf("one")).toBe(before);
  await visit("one");
  expect(await identityOf("one")).toBe(before);
});
