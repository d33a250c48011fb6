import { describe, expect, test } from "vitest";
import { utf8 } from "@wardline/protocol/encoding";
import { ed25519PublicKey, generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import { leafHash, logOrigin, rootOf, signCheckpoint } from "@wardline/protocol/log";
import {
  acceptCard,
  acceptInvite,
  acceptRoster,
  acceptSuccessor,
  buildInvite,
  buildSuccessor,
  decodeTrust,
  encodeTrust,
  evidenceOf,
  keepEvidence,
  listPeer,
  makeHandover,
  member,
  proveSingle,
  verifyCheckpoint,
  type LineRole,
  type Successor,
  type Trust,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import * as w from "./world.ts";

const random = seededRandom("successors");
const [second, third, other] = [random(32), random(32), random(32)] as [Uint8Array, Uint8Array, Uint8Array];
const first = w.secrets(w.b).log;

/** The member's log with so many entries; `tree` tells two logs of one length apart. */
function checkpointOf(seed: Uint8Array, size: number, { tree = "", epoch = 1, of = w.b } = {}) {
  const root = rootOf(Array.from({ length: size }, (_, at) => leafHash(utf8(`${tree}${at}`))));
  const origin = logOrigin(w.federation, of, epoch);
  return signCheckpoint({ origin, size, root }, { seed, public: ed25519PublicKey(seed) }).text;
}

interface Change {
  readonly role?: LineRole;
  readonly old?: Uint8Array;
  readonly next?: Uint8Array;
  readonly text?: string;
  readonly seeds?: { old: Uint8Array; new: Uint8Array };
}

function noteOf(change: Change = {}, fields: Partial<Successor> = {}): Successor {
  const { role = "log", old = first, next = second, text = checkpointOf(old, 4) } = change;
  const seeds = change.seeds ?? { old, new: next };
  return {
    ...{
      federation: w.federation,
      member: w.b,
      key: keyIdOf(w.secrets(w.b).identity.public),
      created: w.now,
    },
    ...{ role, old: ed25519PublicKey(old) },
    next: { public: ed25519PublicKey(next), proof: proveSingle(next, w.federation, w.b, role) },
    handover: makeHandover(w.federation, w.b, role, utf8(text), seeds) as Successor["handover"],
    ...fields,
  };
}

const sign = (note: Successor, by = w.secrets(w.b).identity) =>
  w.sign("successor", buildSuccessor(note), [by]);
const accept = (change: Change = {}, trust: Trust = w.trusting) =>
  acceptSuccessor(trust, sign(noteOf(change)), w.now);
const refused = (note: Successor, trust: Trust = w.trusting) =>
  codeOf(() => acceptSuccessor(trust, sign(note), w.now));
const logKeyOf = (trust: Trust) => member(trust, w.b)?.logKey;
const handedOver = accept();

/** The roster that has caught up with the first note. */
const { handover } = noteOf();
const caughtUp = w.next(
  w.withMember(w.b, {
    logKey: w.listSingle(second, w.b, "log"),
    formerLogKeys: [{ public: ed25519PublicKey(first), handover }],
  }),
);

describe("a note of a successor", () => {
  test("puts the new key in the old one's place, between two rosters", () => {
    expect(logKeyOf(handedOver)).toEqual(ed25519PublicKey(second));
    expect(member(handedOver, w.b)?.formerLogKeys).toEqual([ed25519PublicKey(first)]);
    expect(logKeyOf(w.trusting)).toEqual(ed25519PublicKey(first));
    const witnessed = accept(
      { role: "witness", old: w.secrets(w.b).witness, next: third, text: checkpointOf(second, 5) },
      handedOver,
    );
    expect(member(witnessed, w.b)?.witnessKey).toEqual(ed25519PublicKey(third));
  });

  test("may follow another one, and changes nothing when it comes again", () => {
    const twice = accept({ old: second, next: third, text: checkpointOf(second, 6) }, handedOver);
    expect(logKeyOf(twice)).toEqual(ed25519PublicKey(third));
    expect(accept({}, twice)).toBe(twice);
    expect(accept({ old: second, next: third, text: checkpointOf(second, 6) }, twice)).toBe(twice);
  });

  test("is not needed any more once the roster lists the handover, and says nothing new then", () => {
    const trust = acceptRoster(handedOver, w.signRoster(caughtUp), w.now);
    expect(trust.successors).toEqual([]);
    expect(logKeyOf(trust)).toEqual(ed25519PublicKey(second));
    expect(accept({}, trust)).toBe(trust);
  });

  test("stays through a roster that does not know of it, and through store and invite", () => {
    const trust = acceptRoster(handedOver, w.signRoster(w.next()), w.now);
    expect(logKeyOf(trust)).toEqual(ed25519PublicKey(second));
    expect(logKeyOf(decodeTrust(encodeTrust(trust)))).toEqual(ed25519PublicKey(second));
    expect(logKeyOf(acceptInvite(buildInvite(trust), w.now))).toEqual(ed25519PublicKey(second));
  });

  test("ends with its member, and with its identity key when that is cut off", () => {
    const revoked = w.signRoster(w.next(w.withMember(w.b, { status: "revoked" })));
    expect(acceptRoster(handedOver, revoked, w.now).successors).toEqual([]);
    const key = given(given(w.roster.members[1]).identityKeys[0]);
    const cut = { ...key, cutoff: { at: w.now, feeds: [] } };
    const trust = acceptRoster(
      handedOver,
      w.signRoster(w.next(w.withMember(w.b, { identityKeys: [cut] }))),
      w.now,
    );
    expect(trust.successors).toEqual([]);
    expect(refused(noteOf(), trust)).toBe("successor/cut-off");
  });
});

describe("a note of a successor is refused", () => {
  const stranger = generateIdentityKey(random);

  test.each<[string, string, Successor]>([
    ["that the old key has not signed", "handover", noteOf({ seeds: { old: other, new: second } })],
    ["that the new key has not signed", "handover", noteOf({ seeds: { old: first, new: other } })],
    ["signed for the other role", "handover", noteOf({}, { role: "witness" })],
    [
      "whose new key is not proven",
      "possession",
      noteOf({}, { next: { ...noteOf().next, proof: new Uint8Array(64) } }),
    ],
    ["with a checkpoint by another key", "checkpoint", noteOf({ text: checkpointOf(other, 4) })],
    [
      "with a checkpoint of another member",
      "checkpoint",
      noteOf({ text: checkpointOf(first, 4, { of: w.a }) }),
    ],
    ["with no checkpoint", "checkpoint", noteOf({ text: "no checkpoint" })],
    ["of a key that is none of the member's", "unknown-line", noteOf({ old: other })],
    ["whose new key is its own old one", "key-in-two-rows", noteOf({ next: first })],
    ["whose new key is a listed one", "key-in-two-rows", noteOf({ next: w.secrets(w.b).witness })],
    ["of another federation", "federation", noteOf({}, { federation: "00".repeat(32) })],
    ["of nobody", "unknown-member", noteOf({}, { member: "00".repeat(16) })],
    ["by a key that is not listed", "unknown-key", noteOf({}, { key: keyIdOf(stranger.public) })],
    ["from the future", "from-the-future", noteOf({}, { created: w.now + w.hour })],
    ["made before its identity key", "key-not-valid", noteOf({}, { created: w.now - 61 * w.day })],
  ])("%s", (_name, code, note) => {
    expect(refused(note)).toBe(`successor/${code}`);
  });

  test("with another tree head than was signed", () => {
    const note = noteOf();
    const checkpoint = utf8(checkpointOf(first, 4, { tree: "another " }));
    expect(refused({ ...note, handover: { ...note.handover, checkpoint } })).toBe("successor/handover");
  });

  test("with a shorter log than at the handover before", () => {
    expect(refused(noteOf({ old: second, next: third, text: checkpointOf(second, 3) }), handedOver)).toBe(
      "successor/rollback",
    );
    // Another epoch's log begins anew.
    const anew = checkpointOf(second, 1, { epoch: 2 });
    expect(refused(noteOf({ old: second, next: third, text: anew }), handedOver)).toBeUndefined();
  });

  test("with any other list of signatures than its identity's one", () => {
    const note = sign(noteOf());
    const refuse = (signatures: typeof note.signatures) =>
      codeOf(() => acceptSuccessor(w.trusting, { ...note, signatures }, w.now));
    expect(refuse([])).toBe("successor/signature");
    expect(refuse([...note.signatures, ...note.signatures])).toBe("successor/signature");
    expect(refuse(sign(noteOf(), stranger).signatures)).toBe("successor/signature");
    expect(refuse(w.sign("card", note.bytes, [w.secrets(w.b).identity]).signatures)).toBe(
      "successor/signature",
    );
  });

  test("that names a transport key of a card; and a card that names a successor's", () => {
    const peers = [listPeer(second, w.federation, w.a)];
    const trust = acceptCard(w.trusting, w.signCard(w.cardOf(w.a, { peers })), w.now);
    expect(refused(noteOf(), trust)).toBe("successor/key-in-two-rows");
    const card = w.signCard(w.cardOf(w.a, { peers }));
    expect(codeOf(() => acceptCard(handedOver, card, w.now))).toBe("card/key-in-two-rows");
  });
});

describe("two successors of one key", () => {
  test.each([
    ["another key", { next: third }],
    ["another tree", { text: checkpointOf(first, 4, { tree: "another " }) }],
  ])("(%s) are evidence, kept and passed on; the first one stands", (_name, change) => {
    const error = errorOf(() => accept(change, handedOver));
    expect(error).toMatchObject({ code: "successor/two-of-one-version" });
    const proof = given(evidenceOf(error));
    const trust = keepEvidence(handedOver, proof);
    expect(trust.evidence).toMatchObject([{ kind: "successor", member: w.b, version: 1 }]);
    expect(logKeyOf(trust)).toEqual(ed25519PublicKey(second));
    expect(keepEvidence(w.trusting, proof).evidence).toHaveLength(1);
    const twice = { ...proof, second: sign(noteOf(), w.secrets(w.b).identity) };
    expect(codeOf(() => keepEvidence(w.trusting, twice))).toBe("roster/invalid-evidence");
  });

  test("are refused when the roster lists the other one", () => {
    const trust = acceptRoster(handedOver, w.signRoster(caughtUp), w.now);
    expect(refused(noteOf({ next: third }), trust)).toBe("successor/listed-otherwise");
  });
});

describe("checkpoints across a handover", () => {
  const judge = (trust: Trust, text: string) => codeOf(() => verifyCheckpoint(trust, w.b, text));
  const listed = acceptRoster(w.trusting, w.signRoster(caughtUp), w.now);

  test.each([
    ["by a note", handedOver],
    ["by the roster", listed],
  ])("handed over %s, count by the key in charge at their length", (_name, trust) => {
    expect(verifyCheckpoint(trust, w.b, checkpointOf(first, 4)).size).toBe(4);
    expect(judge(trust, checkpointOf(first, 3))).toBeUndefined();
    expect(judge(trust, checkpointOf(second, 4))).toBeUndefined();
    expect(judge(trust, checkpointOf(second, 9))).toBeUndefined();
    expect(judge(trust, checkpointOf(second, 1, { epoch: 2 }))).toBeUndefined();
    expect(judge(trust, checkpointOf(first, 5))).toBe("checkpoint/after-handover");
    expect(judge(trust, checkpointOf(second, 3))).toBe("checkpoint/before-handover");
    expect(judge(trust, checkpointOf(first, 4, { tree: "x" }))).toBe("checkpoint/another-head");
    expect(judge(trust, checkpointOf(second, 4, { tree: "x" }))).toBe("checkpoint/another-head");
    expect(judge(trust, checkpointOf(third, 5))).toBe("checkpoint/unknown-log");
    expect(judge(trust, checkpointOf(first, 4, { of: w.a }))).toBe("checkpoint/unknown-log");
  });

  test("of a new key are unknown without its note", () => {
    expect(judge(w.trusting, checkpointOf(second, 5))).toBe("checkpoint/unknown-log");
    expect(judge(w.trusting, checkpointOf(first, 99))).toBeUndefined();
  });
});
