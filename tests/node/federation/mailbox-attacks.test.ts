/** Whoever cheats with a mailbox: depositors that flood or forge, others' mail, a mailbox that alters, replays and withholds. */
import type { Connection } from "@libp2p/interface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeCbor, encodeCbor, isWardlineError } from "@wardline/protocol/encoding";
import { acknowledge } from "@wardline/protocol/mailbox";
import { amendRoster, renewFreshness, type FederationFiles } from "../../../node/federation/index.ts";
import { kept, keptBytes } from "../../../node/federation/mailbox/collections.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { given } from "../../support/codes.ts";
import { applied, counting } from "./counting.ts";
import { keeper, quick, start } from "./mail.ts";
import { startPuppet, type Puppet } from "./puppet.ts";
import {
  cleanUp,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type Place,
  type TestNode,
} from "./support.ts";

interface Page {
  readonly kept: { readonly number: number; readonly container: Uint8Array }[];
  readonly more: boolean;
}

const DAY = 86_400_000;
const time = { offset: 0 };
const clock = { ...systemClock, now: () => Date.now() + time.offset };

let places: [Place, Place, Place, Place];
let files: FederationFiles;

beforeEach(async () => {
  time.offset = 0;
  const made = await found([hotlineA, hotlineB, keeper, { ...policeB, country: "CC" }]);
  places = [...made.places] as typeof places;
  files = made.files;
});

afterEach(cleanUp);

type Asking = Puppet & { connection: Connection };

/** A member that says to the node what it likes. */
async function puppetAt(node: TestNode, place: Place): Promise<Asking> {
  const puppet = await startPuppet(place, files.trust);
  return { ...puppet, connection: await puppet.meet(given(node.federation.addresses()[0])) };
}

const ask = (puppet: Asking, request: object) =>
  puppet.ask(puppet.connection, "mailbox", encodeCbor(request));
const deposit = (puppet: Asking, container: Uint8Array) => ask(puppet, { kind: "deposit", container });
const collect = async (puppet: Asking, after = 0) =>
  decodeCbor(await ask(puppet, { kind: "collect", after })) as Page;
const refusalOf = (asked: Promise<unknown>) =>
  asked.then(
    () => "taken",
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );

describe("a mailbox", () => {
  let node: TestNode;
  let sender: Asking;
  let recipient: Asking;
  const limits = { keep: { inAll: { count: 6 }, perSender: { count: 3 }, perRecipient: { count: 4 } } };

  beforeEach(async () => {
    const intervals = { housekeeping: "200ms" };
    node = await startNode(places[2], { clock, settings: quick(limits, intervals) });
    recipient = await puppetAt(node, places[1]);
    sender = await puppetAt(node, places[0]);
    await sender.exchange(sender.connection);
  });

  const toRecipient = (options = {}) => sender.envelope(places[1].memberId, options).bytes;

  test("keeps what its sender brings, gives it to the recipient alone, and forgets it when that one signs", async () => {
    const containers = [toRecipient(), toRecipient()];
    for (const container of containers) await deposit(sender, container);
    expect((await collect(sender)).kept).toEqual([]);
    const page = await collect(recipient);
    expect(page).toEqual({
      kept: containers.map((container, at) => ({ number: at + 1, container })),
      more: false,
    });
    expect((await collect(recipient, 1)).kept.map(({ number }) => number)).toEqual([2]);
    const signed = (by: Asking, place: Place) =>
      containers.map((container) =>
        acknowledge(
          container,
          { recipient: place.memberId, key: by.keyring.identity },
          files.federationId,
          clock.now(),
        ),
      );
    const own = signed(recipient, places[1]);
    expect(await refusalOf(ask(sender, { kind: "acknowledge", acknowledgements: own }))).toBe(
      "acknowledgement/another-member",
    );
    // Its own word clears only what is its own.
    await ask(sender, { kind: "acknowledge", acknowledgements: signed(sender, places[0]) });
    const forged = signed(sender, places[1]);
    expect(await refusalOf(ask(sender, { kind: "acknowledge", acknowledgements: forged }))).toBe(
      "acknowledgement/unknown-key",
    );
    expect(await node.commit.count(kept)).toBe(2);
    await ask(recipient, { kind: "acknowledge", acknowledgements: own });
    expect([await node.commit.count(kept), await node.commit.count(keptBytes)]).toEqual([0, 0]);
  });

  test("refuses what the recipient would refuse, what another one brings, and what is not for it to keep", async () => {
    const good = toRecipient();
    const altered = good.with(200, (good[200] ?? 0) ^ 1);
    expect(await refusalOf(deposit(sender, altered))).toBe("envelope/signature");
    expect(await refusalOf(deposit(sender, good.subarray(0, 500)))).toBe("envelope/truncated");
    expect(await refusalOf(deposit(sender, new Uint8Array(200)))).toBe("envelope/magic");
    expect(await refusalOf(deposit(recipient, good))).toBe("envelope/another-peer");
    expect(await refusalOf(deposit(sender, sender.envelope(places[2].memberId).bytes))).toBe(
      "mailbox/recipient-is-here",
    );
    expect(await refusalOf(ask(sender, { kind: "collect", after: -1 }))).toBe("peer/malformed");
    expect(await refusalOf(ask(sender, { kind: "acknowledge", acknowledgements: [new Uint8Array(3)] }))).toBe(
      "peer/malformed",
    );
    expect(await node.commit.count(kept)).toBe(0);
    expect(await refusalOf(deposit(sender, good))).toBe("taken");
  });

  test("is full for a sender that floods, and still has room for others", async () => {
    const containers = Array.from({ length: 4 }, () => toRecipient());
    const answers = await Promise.all(containers.map((container) => refusalOf(deposit(sender, container))));
    expect(answers.toSorted()).toEqual(["mailbox/full", "taken", "taken", "taken"]);
    // The same bytes again are kept already, and count once.
    for (const [at, container] of containers.entries())
      if (answers[at] === "taken") expect(await refusalOf(deposit(sender, container))).toBe("taken");
    const other = await puppetAt(node, places[3]);
    await other.exchange(other.connection);
    const fromOther = () => other.envelope(places[1].memberId).bytes;
    expect(await refusalOf(deposit(other, fromOther()))).toBe("taken");
    // Now there is no room for the recipient, but for another one.
    expect(await refusalOf(deposit(other, fromOther()))).toBe("mailbox/full");
    expect(await refusalOf(deposit(other, other.envelope(places[0].memberId).bytes))).toBe("taken");
    expect(await node.federation.mailboxView()).toMatchObject({ offered: true, count: 5 });
  });

  test("forgets what has expired, and gives room again", async () => {
    for (let at = 0; at < 3; at++) await deposit(sender, toRecipient({ expiresIn: DAY }));
    expect(await refusalOf(deposit(sender, toRecipient()))).toBe("mailbox/full");
    time.offset = DAY + 1000;
    expect((await collect(recipient)).kept).toEqual([]);
    await until("they are swept", async () => (await node.commit.count(keptBytes)) === 0);
    expect(await node.federation.mailboxView()).toMatchObject({ count: 0, bytes: 0, for: [] });
    time.offset = 0;
    expect(await refusalOf(deposit(sender, toRecipient()))).toBe("taken");
  });

  test("takes nothing from a revoked member, and forgets what it left", async () => {
    await deposit(sender, toRecipient());
    const another = toRecipient();
    const trust = node.federation.trust();
    const roster = amendRoster(trust, files.registrars, clock.now(), (members) =>
      members.map((one) => (one.id === places[0].memberId ? { ...one, status: "revoked" } : one)),
    );
    expect((await node.federation.acceptFiles([{ kind: "roster", file: roster }])).refused).toEqual([]);
    const fresh = renewFreshness(node.federation.trust(), files.freshnessKeys, clock.now());
    await node.federation.acceptFiles([{ kind: "freshness", file: fresh }]);
    expect(await refusalOf(deposit(sender, another))).toMatch(/^peer\//);
    await until("what it left is swept", async () => (await node.commit.count(kept)) === 0);
  });
});

test("a member whose roster entry says nothing of a mailbox keeps nothing", async () => {
  const node = await start(places[3]);
  await puppetAt(node, places[1]);
  const sender = await puppetAt(node, places[0]);
  await sender.exchange(sender.connection);
  expect(await refusalOf(deposit(sender, sender.envelope(places[1].memberId).bytes))).toBe(
    "mailbox/not-offered",
  );
});

describe("a mailbox that cheats", () => {
  /** Runs the recipient's node against a mailbox that answers each collection as told. */
  async function against(pages: (sender: Puppet, recipient: string) => (after: number) => Page) {
    const node = await startNode(places[1], { prepare: counting, settings: quick() });
    const asked: string[] = [];
    let page: (after: number) => Page = () => ({ kept: [], more: false });
    const answer = (request: Uint8Array) => {
      const { kind, after = 0 } = decodeCbor(request) as { kind: string; after?: number };
      asked.push(kind);
      return Promise.resolve(kind === "collect" ? encodeCbor(page(after)) : new Uint8Array());
    };
    const claims = { protocols: ["/wardline/mailbox/1"] };
    const mailbox = await startPuppet(places[2], files.trust, claims, { mailbox: answer });
    await mailbox.meet(given(node.federation.addresses()[0]));
    page = pages(await puppetAt(node, places[0]), places[1].memberId);
    asked.splice(0);
    const collections = () => asked.filter((kind) => kind === "collect").length;
    return { node, asked, collections };
  }

  const noteOn = async (node: TestNode) =>
    (await node.federation.membersView()).find(({ id }) => id === places[2].memberId)?.note;

  test("by altering is refused and named to the operator, and what it says of others' mail is not taken", async () => {
    const { node, collections } = await against((sender, recipient) => {
      const { bytes } = sender.envelope(recipient);
      const foreign = sender.envelope(places[2].memberId).bytes;
      const bad = [
        bytes.with(1400, (bytes[1400] ?? 0) ^ 1),
        bytes.subarray(0, 900),
        new Uint8Array(300),
        foreign,
      ];
      return () => ({ kept: bad.map((container, at) => ({ number: at + 1, container })), more: false });
    });
    await until("it has collected twice", () => collections() >= 2);
    expect(await node.commit.count(applied)).toBe(0);
    expect(await noteOn(node)).toBe("mailbox/altered");
  });

  test("by replaying has no second effect, and by never ending is left", async () => {
    const { node, collections, asked } = await against((sender, recipient) => {
      const { bytes } = sender.envelope(recipient);
      return (after) => ({
        kept: [
          { number: after + 1, container: bytes },
          { number: after + 2, container: bytes },
          { number: 1, container: bytes },
        ],
        more: true,
      });
    });
    await until("it has collected several times", () => collections() >= 3);
    const effects = await Array.fromAsync(node.commit.list(applied));
    expect(effects.map(({ value }) => value.count)).toEqual([1]);
    expect(asked).toContain("acknowledge");
  });
});
