/** Holders of freshness keys in several countries: they renew together, in turn, and nobody is signed for who lies. */
import { afterEach, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import {
  buildFreshness,
  buildRoster,
  freshnessOf,
  signFile,
  type Freshness,
} from "@wardline/protocol/roster";
import { encodeProposal } from "../../../node/federation/freshness/wire.ts";
import { leapingClock } from "../../support/leaping-clock.ts";
import { startPuppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  startNode,
  until,
  type Described,
  type TestFederation,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const HOUR = 3_600_000;
const holders: Described[] = [
  { name: "Hotline A", country: "AA", kind: "hotline" },
  { name: "Hotline B", country: "BB", kind: "hotline" },
  { name: "Police C", country: "CC", kind: "lea" },
];

/** Starts these members, each with the one key that is delegated to it, once all have met. */
async function startHolders(federation: TestFederation, clock = leapingClock(), which = [0, 1, 2]) {
  const nodes = await Promise.all(
    which.map(async (at) => {
      const place = federation.places[at];
      const key = federation.files.freshnessKeys[at];
      if (!place || !key) throw new Error("no such member");
      const node = await startNode(place, { clock });
      await node.federation.holdFreshnessKeys([key]);
      return node;
    }),
  );
  await until("all have met", () => allConnected(nodes));
  return { clock, nodes };
}

async function allConnected(nodes: readonly TestNode[]): Promise<boolean> {
  const pairs = nodes.flatMap((one) =>
    nodes.filter((other) => other !== one).map((other) => [one, other] as const),
  );
  return (await Promise.all(pairs.map(([one, other]) => connected(one, other)))).every(Boolean);
}

const freshAt = (node: TestNode) => node.federation.trust().freshness?.value.created ?? 0;
const allRenewedSince = (nodes: readonly TestNode[], time: number) =>
  nodes.every((node) => freshAt(node) >= time);

test("three holders in three countries renew for days, two signatures each time, no two files of one version", async () => {
  const { clock, nodes } = await startHolders(await found(holders));
  for (let day = 0; day < 3; day++) {
    const before = clock.now();
    clock.leap(12 * HOUR);
    await until("everybody has the next one", () => allRenewedSince(nodes, before + 11 * HOUR));
  }
  for (const { federation } of nodes) {
    const trust = federation.trust();
    expect(freshnessOf(trust, clock.now())).toBe("current");
    expect(trust.evidence).toEqual([]);
    const signers = new Set(trust.freshness?.file.signatures.map(({ keyId }) => keyId));
    expect(signers.size).toBeGreaterThanOrEqual(2);
  }
});

test("two of three go on while one is away, whoever's turn it was; the third catches up", async () => {
  const federation = await found(holders);
  const clock = leapingClock();
  for (const away of [0, 1, 2]) {
    const present = [0, 1, 2].filter((at) => at !== away);
    const { nodes } = await startHolders(federation, clock, present);
    const before = clock.now();
    clock.leap(9 * HOUR);
    await until("the two have renewed", () => allRenewedSince(nodes, before + 8 * HOUR));
    const place = federation.places[away];
    const late = place && (await startNode(place, { clock }));
    await until("the third has it", () => late && allRenewedSince([late], before + 8 * HOUR));
    await Promise.all([...nodes, ...(late ? [late] : [])].map((node) => node.stop()));
  }
});

test("a new roster is kept fresh at once", async () => {
  const federation = await found(holders);
  const { nodes } = await startHolders(federation);
  const { amendRoster } = await import("../../../node/federation/index.ts");
  const [first] = nodes;
  if (!first) throw new Error("no node");
  const file = amendRoster(
    first.federation.trust(),
    federation.files.registrars,
    Date.now(),
    (members) => members,
  );
  await first.federation.acceptFiles([{ kind: "roster", file }]);
  await until("its freshness is everywhere", () =>
    nodes.every(({ federation: node }) => node.trust().freshness?.value.rosterVersion === 2),
  );
});

test("a holder that lies gets no signature, and is shown with a code", async () => {
  const federation = await found([...holders, { name: "Hotline D", country: "DD", kind: "hotline" }]);
  const { registrars, freshnessKeys, trust } = federation.files;
  const [placeA, , placeC, placeD] = federation.places;
  const [, , keyC, keyD] = freshnessKeys;
  const held = trust.roster?.value;
  if (!placeA || !placeC || !placeD || !keyC || !keyD || !held) throw new Error("no such member");
  // Hotline D holds no key any more.
  const keys = held.freshness.keys.filter(({ member }) => member !== placeD.memberId);
  const bytes = buildRoster({
    ...held,
    version: 2,
    created: Date.now(),
    freshness: { ...held.freshness, keys },
  });
  const signatures = registrars.map((key) => signFile("roster", bytes, trust.federationId, key));
  const clock = leapingClock();
  const node = await startNode(placeA, { clock });
  const [keyA, keyB] = freshnessKeys;
  if (!keyA || !keyB) throw new Error("no such key");
  await node.federation.acceptFiles([{ kind: "roster", file: { bytes, signatures } }]);
  await node.federation.holdFreshnessKeys([keyA, keyB]);
  await until("it is fresh", () => node.federation.trust().freshness?.value.rosterVersion === 2);
  const current = node.federation.trust();
  const last = current.freshness?.value;
  if (!last) throw new Error("no freshness");

  const puppet = await startPuppet(placeC, current);
  const connection = await puppet.meet(node.federation.addresses()[0] ?? "");
  const propose = async (change: Partial<Freshness>, key = keyC, by = puppet, over = connection) => {
    const now = clock.now();
    const next = { ...last, version: last.version + 1, created: now, expires: now + 24 * HOUR, ...change };
    const draft = buildFreshness(next);
    const file = { bytes: draft, signatures: [signFile("freshness", draft, trust.federationId, key.key)] };
    return by.ask(over, "freshness", encodeProposal("freshness", file)).then(
      () => "signed",
      (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
    );
  };

  expect(await propose({})).toBe("freshness/too-soon");
  await puppet.stop();
  clock.leap(3 * HOUR);
  const later = await startPuppet(placeC, current);
  const again = await later.meet(node.federation.addresses()[0] ?? "");
  const lie = (change: Partial<Freshness>, key = keyC) => propose(change, key, later, again);
  const now = clock.now();
  expect(await lie({ rosterHash: "00".repeat(32) })).toBe("roster/mix-and-match");
  expect(await lie({ rosterVersion: 1 })).toBe("roster/rollback");
  expect(await lie({ rosterVersion: 3 })).toBe("roster/unknown-roster");
  expect(await lie({ version: last.version })).toBe("roster/rollback");
  expect(await lie({ version: last.version + 1_000_000 })).toBe("roster/too-far-ahead");
  expect(await lie({ suspended: [placeD.memberId] })).toBe("roster/other-suspensions");
  expect(await lie({ created: now + HOUR, expires: now + 20 * HOUR })).toBe("roster/from-the-future");
  expect(await lie({ created: now - HOUR, expires: now + 20 * HOUR })).toBe("roster/backdated");
  expect(await lie({ expires: now + 30 * HOUR })).toBe("roster/lives-too-long");
  expect(await lie({ hidden: "more" } as Partial<Freshness>)).toBe("roster/not-plain");
  expect(await lie({}, keyD)).toBe("freshness/unsigned");
  const { disagreements } = await node.federation.freshness.view(node.commit);
  expect(disagreements).toMatchObject([
    { member: placeC.memberId, refusedBy: "us", code: "freshness/unsigned" },
  ]);

  expect(await lie({ version: last.version + 5 })).toBe("signed");
  expect(await lie({ version: last.version + 5, created: now + 1, expires: now + 20 * HOUR })).toBe(
    "roster/signed-another",
  );
  const stranger = await startPuppet(placeD, current);
  const theirs = await stranger.meet(node.federation.addresses()[0] ?? "");
  expect(await propose({ version: last.version + 9 }, keyD, stranger, theirs)).toBe("freshness/not-a-holder");
  await Promise.all([later.stop(), stranger.stop()]);
});
