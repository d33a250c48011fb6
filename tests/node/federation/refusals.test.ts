/**
 * Membership files that somebody pushes through the node's door and that must change nothing: each is refused with its
 * code, and kept as evidence that people see and that a restart keeps.
 */
import { afterEach, expect, test } from "vitest";
import { encodeCbor, systemRandom, unhex } from "@wardline/protocol/encoding";
import { generateIdentityKey, type IdentitySecretKey } from "@wardline/protocol/identity";
import {
  acceptRoot,
  acceptRoster,
  buildFreshness,
  buildRoot,
  buildRoster,
  buildSuspension,
  fileHash,
  signFile,
  type FederationFile,
  type Freshness,
  type Root,
  type Roster,
  type Suspension,
  type Trust,
} from "@wardline/protocol/roster";
import type { FileKind } from "../../../node/federation/membership/files.ts";
import { holdingsOf, toWire } from "../../../node/federation/membership/files.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { given } from "../../support/codes.ts";
import { startPuppet } from "./puppet.ts";
import { cleanUp, found, hotlineA, hotlineB, policeB, startNode, until, type TestNode } from "./support.ts";

afterEach(cleanUp);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What has been in force for hours, so that nothing older can still be on its way: root 2, roster 2, freshness 5. */
async function world() {
  const begun = Date.now() - 6 * HOUR;
  const federation = await found([hotlineA, hotlineB, policeB], { ...systemClock, now: () => begun });
  const { files } = federation;
  const { federationId, trust, registrars, rootKeys } = files;
  const rootOne = given(trust.roots[0]).value;
  const rosterOne = given(trust.roster).value;
  /** Sits in the jurisdiction of the first registrar. */
  const neighbour = generateIdentityKey(systemRandom);
  const freshnessKeys = files.freshnessKeys.map(({ key }) => key);

  const sign = (kind: FileKind, bytes: Uint8Array, by: readonly (IdentitySecretKey | undefined)[]) => ({
    bytes,
    signatures: by.map((key) => signFile(kind as "root", bytes, federationId, given(key))),
  });
  const root = (change: Partial<Root>, by = rootKeys.slice(0, 3)) =>
    sign("root", buildRoot({ ...rootTwo, ...change }), by);
  const roster = (change: Partial<Roster>, by: readonly (IdentitySecretKey | undefined)[] = registrars) =>
    sign("roster", buildRoster({ ...rosterTwo, ...change }), by);
  const freshness = (change: Partial<Freshness>, by = freshnessKeys) =>
    sign("freshness", buildFreshness({ ...fresh, ...change }), by);
  const suspension = (change: Partial<Suspension>, by = freshnessKeys) => {
    const now = Date.now();
    const life = { created: now, expires: now + 72 * HOUR };
    const said = {
      federation: federationId,
      ...life,
      members: [given(files.memberIds[1])],
      reason: "",
      ...change,
    };
    return sign("suspension", buildSuspension(said), by);
  };

  const listed = {
    ...given(rootOne.registrars.keys[0]),
    public: neighbour.public,
    holder: "the first one's neighbour",
  };
  const rootTwo: Root = {
    ...rootOne,
    version: 2,
    created: begun + HOUR,
    registrars: { ...rootOne.registrars, keys: [...rootOne.registrars.keys, listed] },
  };
  const rosterTwo: Roster = { ...rosterOne, version: 2, created: begun + 2 * HOUR };
  const twice = acceptRoster(acceptRoot(trust, root({}), Date.now()), roster({}), Date.now());
  const fresh: Freshness = {
    federation: federationId,
    version: 5,
    rosterVersion: 2,
    rosterHash: fileHash(given(twice.roster).file),
    created: begun + 4 * HOUR,
    expires: begun + DAY,
    suspended: [],
  };
  return {
    federation,
    files,
    rosterOne,
    neighbour,
    freshnessKeys,
    fresh,
    root,
    roster,
    freshness,
    suspension,
  };
}

type World = Awaited<ReturnType<typeof world>>;
type Attempt = readonly [what: string, kind: FileKind, code: string, make: (world: World) => FederationFile];

const attempts: readonly Attempt[] = [
  ["rollback: the roster before", "roster", "roster/rollback", ({ files }) => files.roster],
  [
    "rollback: freshness for the roster before",
    "freshness",
    "roster/rollback",
    ({ files }) => files.freshness,
  ],
  [
    "rollback: an older file for the roster held",
    "freshness",
    "roster/rollback",
    ({ freshness, fresh }) => freshness({ version: 4, created: fresh.created - HOUR }),
  ],
  [
    "freeze: freshness that is over",
    "freshness",
    "roster/expired",
    ({ freshness }) => freshness({ version: 6, expires: Date.now() - HOUR }),
  ],
  [
    "freeze: freshness for a month",
    "freshness",
    "roster/lives-too-long",
    ({ freshness, fresh }) => freshness({ version: 6, expires: fresh.created + 30 * DAY }),
  ],
  [
    "freeze: freshness of tomorrow",
    "freshness",
    "roster/from-the-future",
    ({ freshness }) => freshness({ version: 6, created: Date.now() + DAY, expires: Date.now() + 2 * DAY }),
  ],
  [
    "freeze: a roster for a year",
    "roster",
    "roster/lives-too-long",
    ({ roster }) => roster({ version: 3, expires: Date.now() + 365 * DAY }),
  ],
  [
    "mix-and-match: another roster of this version",
    "freshness",
    "roster/mix-and-match",
    ({ freshness }) => freshness({ version: 6, rosterHash: "00".repeat(32) }),
  ],
  [
    "fast-forward: a roster far ahead by one stolen key",
    "roster",
    "roster/threshold",
    ({ roster, files }) => roster({ version: 900 }, files.registrars.slice(0, 1)),
  ],
  [
    "fast-forward: a roster too far ahead by enough keys",
    "roster",
    "roster/too-far-ahead",
    ({ roster }) => roster({ version: Number.MAX_SAFE_INTEGER }),
  ],
  [
    "fast-forward: a huge freshness version by one stolen key",
    "freshness",
    "roster/threshold",
    ({ freshness, freshnessKeys }) =>
      freshness({ version: Number.MAX_SAFE_INTEGER }, freshnessKeys.slice(0, 1)),
  ],
  [
    "too few: a root by two of three keys",
    "root",
    "roster/threshold",
    ({ root, files }) => root({ version: 3 }, files.rootKeys.slice(0, 2)),
  ],
  [
    "too few: a suspension by one key",
    "suspension",
    "roster/threshold",
    ({ suspension, freshnessKeys }) => suspension({}, freshnessKeys.slice(0, 1)),
  ],
  [
    "one country: a root by four keys of two jurisdictions",
    "root",
    "roster/one-jurisdiction",
    ({ root, files: { rootKeys } }) =>
      root(
        { version: 3 },
        [0, 1, 3, 4].map((at) => given(rootKeys[at])),
      ),
  ],
  [
    "one country: a roster by two registrars of one",
    "roster",
    "roster/one-jurisdiction",
    ({ roster, files, neighbour }) => roster({ version: 3 }, [files.registrars[0], neighbour]),
  ],
  [
    "one country: freshness by two members of one",
    "freshness",
    "roster/one-jurisdiction",
    ({ freshness, freshnessKeys }) => freshness({ version: 6 }, freshnessKeys.slice(1)),
  ],
  [
    "one country: a suspension by two members of one",
    "suspension",
    "roster/one-jurisdiction",
    ({ suspension, freshnessKeys }) => suspension({}, freshnessKeys.slice(1)),
  ],
  [
    "a suspension for a month",
    "suspension",
    "roster/lives-too-long",
    ({ suspension }) => suspension({ expires: Date.now() + 30 * DAY }),
  ],
];

/** These also end the trust in what is held, so they come last. */
const twins: readonly Attempt[] = [
  [
    "two freshness files of one version",
    "freshness",
    "roster/two-of-one-version",
    ({ freshness, fresh }) => freshness({ expires: fresh.expires - HOUR }),
  ],
  [
    "two rosters of one version",
    "roster",
    "roster/two-of-one-version",
    ({ roster }) => roster({ expires: Date.now() + 60 * DAY }),
  ],
  [
    "two roots of one version",
    "root",
    "roster/two-of-one-version",
    ({ root }) => root({ expires: Date.now() + 300 * DAY }),
  ],
];

const shown = async (node: TestNode) =>
  (await node.federation.findings(node.commit)).map(({ code, file = "" }) => `${file} ${code}`);
/** What the node holds; members' cards come and go by themselves. */
const believed = ({ roots, roster, freshness, suspensions }: Trust) =>
  [...roots, given(roster), given(freshness), ...suspensions].map(({ file }) => fileHash(file));

test("what is pushed against the rules is refused by its code, kept, and changes nothing", async () => {
  const all = await world();
  const { federation, root, roster, freshness } = all;
  const place = given(federation.places[0]);
  // One after another, faster than an exchange asks.
  const settings = { federation: { limits: { strangerRequests: 500 } } };
  const node = await startNode(place, { settings });
  const taken = await node.federation.acceptFiles([
    { kind: "root", file: root({}) },
    { kind: "roster", file: roster({}) },
    { kind: "freshness", file: freshness({}) },
  ]);
  expect(taken).toEqual({ accepted: 3, refused: [] });
  const puppet = await startPuppet(given(federation.places[1]), node.federation.trust());
  const address = given(node.federation.addresses()[0]);

  async function push(kind: FileKind, file: FederationFile): Promise<void> {
    const message = {
      federation: unhex(federation.files.federationId, 32),
      have: holdingsOf(node.federation.trust()),
      files: [toWire({ kind, file })],
      ...{ evidence: [], seen: [], more: false },
    };
    const connection = await puppet.connect(address);
    await puppet.ask(connection, "membership", encodeCbor(message));
    await connection.close();
  }

  const before = believed(node.federation.trust());
  const kept: string[] = [];
  for (const [what, kind, code, make] of [...attempts, ...twins]) {
    await push(kind, make(all));
    kept.push(`${kind} ${code}`);
    expect((await shown(node)).toSorted(), what).toEqual(kept.toSorted());
    expect(believed(node.federation.trust()), what).toEqual(before);
  }
  // A second time says nothing new.
  for (const [, kind, , make] of attempts.slice(0, 2)) await push(kind, make(all));
  expect(await shown(node)).toHaveLength(kept.length);

  await puppet.stop();
  await node.stop();
  const again = await startNode(place);
  await until("it shows them after a restart", async () => (await shown(again)).length === kept.length);
  expect((await shown(again)).toSorted()).toEqual(kept.toSorted());
});
