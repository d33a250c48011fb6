import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { utf8 } from "@wardline/protocol/encoding";
import { generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import {
  acceptFreshness,
  acceptRoot,
  acceptRoster,
  evidenceOf,
  fileHash,
  freshnessOf,
  identityKey,
  isDisputed,
  keepEvidence,
  makeHandover,
  member,
  members,
  provePair,
  readRoster,
  rosterVersion,
  type FederationFile,
  type Roster,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import * as w from "./world.ts";

const refusedFirst = (value: Roster, by?: readonly number[]) =>
  codeOf(() => acceptRoster(w.rooted, w.signRoster(value, by), w.now));
const refusedNext = (value: Roster) =>
  codeOf(() => acceptRoster(w.trusting, w.signRoster(w.next(value)), w.now));
const newKey = generateIdentityKey(seededRandom("a new key"));

describe("who may sign a roster", () => {
  test("two registrars of two jurisdictions: those of one country cannot change membership", () => {
    expect(refusedFirst(w.roster, [0])).toBe("roster/threshold");
    expect(refusedFirst(w.roster, [0, 1])).toBe("roster/one-jurisdiction");
    expect(refusedFirst(w.roster, [1, 2])).toBeUndefined();
  });

  test("a signature counts once, and only if both its halves are valid", () => {
    const [first, second] = w.rosterFile.signatures;
    const refuse = (signatures: FederationFile["signatures"]) =>
      codeOf(() => acceptRoster(w.rooted, { ...w.rosterFile, signatures }, w.now));
    expect(refuse([given(first), given(first), given(first)])).toBe("roster/threshold");
    expect(refuse([given(first), { ...given(second), ed25519: given(first).ed25519 }])).toBe(
      "roster/threshold",
    );
    expect(refuse([given(first), { ...given(second), mldsa65: given(first).mldsa65 }])).toBe(
      "roster/threshold",
    );
    expect(refuse([given(first), { ...given(first), keyId: given(second).keyId }])).toBe("roster/threshold");
    expect(refuse(Array.from({ length: 40 }, () => given(first)))).toBe("roster/threshold");
    expect(refuse([given(second), given(first)])).toBeUndefined();
  });

  test("nobody else, for no other purpose, in no other federation", () => {
    const bytes = w.rosterFile.bytes;
    const [one, two] = [given(w.registrars[0]), given(w.registrars[2])];
    const refuse = (file: FederationFile) => codeOf(() => acceptRoster(w.rooted, file, w.now));
    expect(refuse(w.sign("roster", bytes, [one, w.stranger]))).toBe("roster/threshold");
    expect(refuse(w.sign("roster", bytes, w.rootKeys))).toBe("roster/threshold");
    expect(refuse(w.sign("card", bytes, [one, two]))).toBe("roster/threshold");
    expect(refusedFirst({ ...w.roster, federation: "00".repeat(32) })).toBe("roster/federation");
  });

  test("a registrar's key counts within its year only", () => {
    const later = given(w.root.registrars.keys[0]).until;
    const value = { ...w.roster, created: later - w.hour, expires: later + w.day };
    expect(codeOf(() => acceptRoster(w.rooted, w.signRoster(value), later))).toBe("roster/threshold");
  });
});

describe("versions never fall", () => {
  const newer = acceptRoster(w.trusting, w.signRoster(w.next()), w.now);

  test("an older roster is refused, the held one taken again without effect", () => {
    expect(rosterVersion(newer)).toBe(6);
    expect(codeOf(() => acceptRoster(newer, w.rosterFile, w.now))).toBe("roster/rollback");
    expect(acceptRoster(w.trusting, w.signRoster(w.roster, [1, 2]), w.now)).toBe(w.trusting);
  });

  test("fast-forward: stolen registrar keys cannot use up the numbers", () => {
    const jump = (by: number) =>
      codeOf(() => acceptRoster(w.trusting, w.signRoster(w.next(w.roster, by)), w.now));
    expect(jump(1000)).toBeUndefined();
    expect(jump(1001)).toBe("roster/too-far-ahead");
    expect(jump(Number.MAX_SAFE_INTEGER - w.roster.version)).toBe("roster/too-far-ahead");
  });
});

describe("two rosters of one version", () => {
  const other = w.signRoster({ ...w.roster, expires: w.roster.expires - 1 });
  const error = errorOf(() => acceptRoster(w.trusting, other, w.now));
  const evidence = evidenceOf(error);
  const stopped = keepEvidence(w.trusting, given(evidence));
  const resolve = (hash: string) => w.signRoot({ ...w.root, version: 2, resolved: [{ version: 5, hash }] });

  test("are refused, kept as evidence, and stop the node", () => {
    expect(evidence).toMatchObject({ kind: "roster", version: 5, first: w.rosterFile, second: other });
    expect(isDisputed(stopped)).toBe(true);
    expect(freshnessOf(w.trusting, w.now)).toBe("current");
    expect(freshnessOf(stopped, w.now)).toBe("expired");
    expect(codeOf(() => acceptRoster(stopped, w.signRoster(w.next()), w.now))).toBe("roster/disputed");
    expect(keepEvidence(stopped, given(evidence))).toBe(stopped);
  });

  test("only signed ones count, so that nobody else can stop a node", () => {
    const forged = w.signRoster({ ...w.roster, expires: w.roster.expires - 1 }, [0]);
    expect(codeOf(() => acceptRoster(w.trusting, forged, w.now))).toBe("roster/threshold");
    const claims = { ...given(evidence), second: forged };
    expect(codeOf(() => keepEvidence(w.trusting, claims))).toBe("roster/invalid-evidence");
    const same = { ...given(evidence), second: w.signRoster(w.roster, [1, 2]) };
    expect(codeOf(() => keepEvidence(w.trusting, same))).toBe("roster/invalid-evidence");
    const mislabelled = { ...given(evidence), version: 6 };
    expect(codeOf(() => keepEvidence(w.trusting, mislabelled))).toBe("roster/invalid-evidence");
  });

  test("a root that names the held one lets the node go on", () => {
    const resolved = acceptRoot(stopped, resolve(fileHash(w.rosterFile)), w.now);
    expect(isDisputed(resolved)).toBe(false);
    expect(freshnessOf(resolved, w.now)).toBe("current");
    expect(codeOf(() => acceptRoster(resolved, other, w.now))).toBe("roster/resolved-otherwise");
    expect(rosterVersion(acceptRoster(resolved, w.signRoster(w.next()), w.now))).toBe(6);
  });

  test("a root that names the other one puts the held one away, and takes only the named one", () => {
    const resolved = acceptRoot(stopped, resolve(fileHash(other)), w.now);
    expect(rosterVersion(resolved)).toBe(0);
    expect(freshnessOf(resolved, w.now)).toBe("expired");
    expect(codeOf(() => acceptRoster(resolved, w.rosterFile, w.now))).toBe("roster/resolved-otherwise");
    const older = w.signRoster({ ...w.roster, version: 4 });
    expect(codeOf(() => acceptRoster(resolved, older, w.now))).toBe("roster/below-invite");
    const taken = acceptRoster(resolved, other, w.now);
    expect(fileHash(given(taken.roster).file)).toBe(fileHash(other));
    const pinned = w.signFreshness(w.freshnessOfFile(other));
    expect(freshnessOf(acceptFreshness(taken, pinned, w.now), w.now)).toBe("current");
  });

  test("a node that was told beforehand never takes the wrong one", () => {
    const told = acceptRoot(w.rooted, resolve(fileHash(other)), w.now);
    expect(codeOf(() => acceptRoster(told, w.rosterFile, w.now))).toBe("roster/resolved-otherwise");
    expect(rosterVersion(acceptRoster(told, other, w.now))).toBe(5);
  });
});

describe("what a roster must keep by itself", () => {
  const [entry] = w.roster.members;
  const [key] = given(entry).identityKeys;
  const proofOf = (id: string, role: "identity" | "freshness") => provePair(newKey, w.federation, id, role);
  const single = (seed: Uint8Array, id: string, role: "log" | "witness") => w.listSingle(seed, id, role);
  const freshnessWith = (change: object) => {
    const [first, ...others] = w.roster.freshness.keys;
    return { ...w.roster.freshness, keys: [{ ...given(first), ...change }, ...others] };
  };

  test.each<[string, string, Roster]>([
    ["a life of 91 days", "lives-too-long", { ...w.roster, expires: w.roster.created + 91 * w.day }],
    ["made tomorrow", "from-the-future", { ...w.roster, created: w.now + w.day }],
    ["expired", "expired", { ...w.roster, created: w.now - 80 * w.day, expires: w.now }],
    ["one member twice", "member-twice", { ...w.roster, members: [...w.roster.members, given(entry)] }],
    ["another's identity key", "key-in-two-rows", w.withMember(w.b, { identityKeys: [given(key)] })],
    [
      "an identity key that also signs the log",
      "key-in-two-rows",
      w.withMember(w.b, { logKey: single(w.secrets(w.a).identity.seeds.ed25519, w.b, "log") }),
    ],
    [
      "one key for log and witness",
      "key-in-two-rows",
      w.withMember(w.b, { witnessKey: single(w.secrets(w.b).log, w.b, "witness") }),
    ],
    [
      "a registrar's key as a member's",
      "key-in-two-rows",
      w.withMember(w.b, { identityKeys: [w.listIdentity(given(w.registrars[0]), w.b)] }),
    ],
    [
      "half of another's key",
      "key-in-two-rows",
      w.withMember(w.b, {
        identityKeys: [{ ...given(key), public: { ...newKey.public, mldsa65: given(key).public.mldsa65 } }],
      }),
    ],
    [
      "a key proved by another member",
      "possession",
      w.withMember(w.b, {
        identityKeys: [{ ...w.listIdentity(newKey, w.b), proof: proofOf(w.a, "identity") }],
      }),
    ],
    [
      "a key proved for another role",
      "possession",
      w.withMember(w.b, {
        identityKeys: [{ ...w.listIdentity(newKey, w.b), proof: proofOf(w.b, "freshness") }],
      }),
    ],
    [
      "a log key proved as a witness",
      "possession",
      w.withMember(w.b, { logKey: single(new Uint8Array(32).fill(9), w.b, "witness") }),
    ],
    [
      "a freshness key proved by another",
      "possession",
      { ...w.roster, freshness: freshnessWith({ member: w.i }) },
    ],
    [
      "a freshness key of nobody",
      "unknown-member",
      { ...w.roster, freshness: freshnessWith({ member: "00".repeat(16) }) },
    ],
    [
      "a freshness key of 91 days",
      "lives-too-long",
      { ...w.roster, freshness: freshnessWith({ until: w.now + 91 * w.day }) },
    ],
    [
      "one freshness signature",
      "weak-threshold",
      { ...w.roster, freshness: { ...w.roster.freshness, threshold: 1 } },
    ],
    [
      "freshness of one jurisdiction",
      "weak-threshold",
      { ...w.roster, freshness: { ...w.roster.freshness, jurisdictions: 1 } },
    ],
    [
      "freshness that only a suspended member could fulfil",
      "weak-threshold",
      w.withMember(w.a, { status: "suspended" }),
    ],
    [
      "an identity key of two years",
      "lives-too-long",
      w.withMember(w.b, { identityKeys: [w.listIdentity(newKey, w.b, { until: w.now + 700 * w.day })] }),
    ],
    [
      "a key from a later roster",
      "key-history",
      w.withMember(w.b, { identityKeys: [w.listIdentity(newKey, w.b, { since: 6 })] }),
    ],
    ["a member that witnesses itself", "witnesses", w.withMember(w.b, { witnesses: [w.b] })],
    ["witnesses of one jurisdiction", "witnesses", w.withMember(w.a, { witnesses: [w.b, w.c] })],
    ["a witness that is no member", "witnesses", w.withMember(w.a, { witnesses: ["00".repeat(16)] })],
  ])("refused: %s", (_name, code, value) => {
    expect(refusedFirst(value)).toBe(`roster/${code}`);
  });

  test("a small-order key is refused by name", () => {
    const logKey = { public: new Uint8Array(32), proof: new Uint8Array(64) };
    expect(refusedFirst(w.withMember(w.b, { logKey }))).toBe("roster/bad-key");
  });
});

describe("what a roster owes to the one before it", () => {
  const added = w.listIdentity(newKey, w.b, { since: 6 });
  const bothKeys = [...given(w.roster.members[1]).identityKeys, added];

  test("a new key says since when it is listed", () => {
    const accepted = acceptRoster(
      w.trusting,
      w.signRoster(w.next(w.withMember(w.b, { identityKeys: bothKeys }))),
      w.now,
    );
    const id = keyIdOf(newKey.public);
    expect(identityKey(accepted, w.b, id)?.since).toBe(6);
    expect(identityKey(accepted, w.b, id, 6)?.keyId).toBe(id);
    expect(identityKey(accepted, w.b, id, 5)).toBeUndefined();
    expect(identityKey(accepted, w.b, id, 7)).toBeUndefined();
    expect(identityKey(accepted, w.a, id)).toBeUndefined();
    const lying = [...given(w.roster.members[1]).identityKeys, { ...added, since: 5 }];
    expect(refusedNext(w.withMember(w.b, { identityKeys: lying }))).toBe("roster/key-history");
  });

  test("nobody and no key disappears", () => {
    const without = {
      ...w.roster,
      members: w.roster.members.filter((entry) => entry.id !== w.c),
      freshness: onlyAandB(),
    };
    expect(refusedNext(without)).toBe("roster/member-vanished");
    expect(refusedNext(w.withMember(w.b, { identityKeys: [added] }))).toBe("roster/key-history");
    const moved = [{ ...given(given(w.roster.members[1]).identityKeys[0]), since: 2 }];
    expect(refusedNext(w.withMember(w.b, { identityKeys: moved }))).toBe("roster/key-history");
    expect(refusedNext(w.withMember(w.c, { status: "revoked" }))).toBeUndefined();
  });

  function onlyAandB() {
    return { ...w.roster.freshness, keys: w.roster.freshness.keys.slice(0, 2) };
  }

  test("a cut-off is not taken back", () => {
    const key = { ...given(given(w.roster.members[1]).identityKeys[0]), cutoff: { at: w.now, feeds: [] } };
    const cut = acceptRoster(
      w.trusting,
      w.signRoster(w.next(w.withMember(w.b, { identityKeys: [key] }))),
      w.now,
    );
    expect(member(cut, w.b)?.identityKeys[0]?.cutoff).toEqual({ at: w.now, feeds: [] });
    expect(codeOf(() => acceptRoster(cut, w.signRoster(w.next(w.roster, 2)), w.now))).toBe(
      "roster/cutoff-lifted",
    );
  });

  test("a log key is handed over with a checkpoint signed by both, also across missed rosters", () => {
    const seeds = [w.secrets(w.b).log, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const keyAt = (at: number) => w.listSingle(given(seeds[at]), w.b, "log");
    const handover = (from: number) =>
      makeHandover(w.federation, w.b, "log", utf8(`checkpoint ${from}`), {
        old: given(seeds[from]),
        new: given(seeds[from + 1]),
      });
    const former = [0, 1].map((at) => ({ public: keyAt(at).public, handover: handover(at) }));
    const twice = { logKey: keyAt(2), formerLogKeys: former };
    expect(refusedNext(w.withMember(w.b, twice))).toBeUndefined();
    expect(refusedNext(w.withMember(w.b, { logKey: keyAt(1) }))).toBe("roster/handover");
    expect(refusedNext(w.withMember(w.b, { ...twice, formerLogKeys: former.slice(1) }))).toBe(
      "roster/handover",
    );
    const swapped = [{ ...given(former[0]), handover: handover(1) }, given(former[1])];
    expect(refusedNext(w.withMember(w.b, { ...twice, formerLogKeys: swapped }))).toBe("roster/handover");
    const lost = [{ public: keyAt(0).public, handover: { lost: true } as const }];
    const accepted = acceptRoster(
      w.trusting,
      w.signRoster(w.next(w.withMember(w.b, { logKey: keyAt(1), formerLogKeys: lost }))),
      w.now,
    );
    expect(member(accepted, w.b)?.formerLogKeys).toEqual([keyAt(0).public]);
    expect(member(accepted, w.b)?.logKey).toEqual(keyAt(1).public);
  });
});

describe("reading a roster", () => {
  test("members with their keys, by id", () => {
    expect(members(w.trusting).map(({ id, country, kind }) => [id, country, kind])).toEqual([
      [w.a, "AA", "hotline"],
      [w.b, "BB", "hotline"],
      [w.c, "BB", "lea"],
      [w.i, "international", "interpol"],
    ]);
    const found = member(w.trusting, w.a);
    expect(found?.identityKeys.map((key) => key.keyId)).toEqual([keyIdOf(w.secrets(w.a).identity.public)]);
    expect(found?.witnesses).toEqual([w.b, w.i]);
    expect(member(w.trusting, "00".repeat(16))).toBeUndefined();
    expect(members(w.rooted)).toEqual([]);
    expect(rosterVersion(w.rooted)).toBe(0);
  });

  test("unknown fields are preserved, and signed", () => {
    const extended = { ...w.withMember(w.a, { spoken: ["xx"] } as object), dht: { secret: "kept" } };
    const file = w.signRoster(extended);
    const accepted = acceptRoster(w.rooted, file, w.now);
    expect(accepted.roster?.file.bytes).toEqual(file.bytes);
    expect(readRoster(file.bytes)).toMatchObject({
      dht: { secret: "kept" },
      members: [{ spoken: ["xx"] }, {}, {}, {}],
    });
    const again = readRoster(w.signRoster(readRoster(file.bytes)).bytes);
    expect(isDeepStrictEqual(again, readRoster(file.bytes))).toBe(true);
  });
});
