import { describe, expect, test } from "vitest";
import { generateIdentityKey, keyIdOf } from "@wardline/protocol/identity";
import {
  acceptCard,
  acceptRoster,
  acceptSuspension,
  card,
  evidenceOf,
  freshnessOf,
  keepEvidence,
  listPeer,
  memberOfPeer,
  peerIdOf,
  sealingKeyFor,
  type CardContent,
  type ListedIdentityKey,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import * as w from "./world.ts";

const held = acceptCard(w.trusting, w.signCard(w.cardOf(w.b)), w.now);
const refused = (change: Partial<CardContent>, trust = w.trusting, now = w.now) =>
  codeOf(() => acceptCard(trust, w.signCard(w.cardOf(w.b, change)), now));
const peerOf = (id: string) => peerIdOf(listPeer(w.secrets(id).transport, w.federation, id).public);
const newKey = generateIdentityKey(seededRandom("the new key of b"));
const oldKey = given(given(w.roster.members[1]).identityKeys[0]);

describe("a card", () => {
  test("says where a member is and how to seal to it", () => {
    const current = given(card(held, w.b));
    expect(current).toMatchObject({ version: 3, epoch: 1, expires: w.now + 30 * w.day });
    expect(current.peerIds).toEqual([peerOf(w.b)]);
    expect(current.addresses).toEqual(["/ip4/192.0.2.1/tcp/4001"]);
    expect(current.sealingKeys.map((key) => key.id)).toEqual(w.sealing.slice(0, 2).map((key) => key.id));
    expect(card(held, w.a)).toBeUndefined();
  });

  test("gives the sealing key of the week, never an expired one", () => {
    const keyAt = (time: number) => sealingKeyFor(held, w.b, time)?.id;
    expect(keyAt(w.now)).toBe(w.sealing[0]?.id);
    expect(keyAt(w.now + 6 * w.day)).toBe(w.sealing[1]?.id);
    expect(keyAt(w.now + 13 * w.day - 1)).toBe(w.sealing[1]?.id);
    expect(keyAt(w.now + 13 * w.day)).toBeUndefined();
    expect(keyAt(w.now - 2 * w.day)).toBeUndefined();
    expect(sealingKeyFor(held, w.a, w.now)).toBeUndefined();
  });

  test("of overlapping keys, gives the newest", () => {
    const keys = [0, 1].map((at) => ({
      ...{ public: given(w.sealing[at]).public, from: w.now - (1 + at) * w.day, until: w.now + w.day },
    }));
    const trust = acceptCard(w.trusting, w.signCard(w.cardOf(w.b, { sealingKeys: keys })), w.now);
    expect(sealingKeyFor(trust, w.b, w.now)?.id).toBe(w.sealing[0]?.id);
  });

  test("of a suspended member stays known, but nothing is sealed to it", () => {
    const trust = acceptSuspension(held, w.signSuspension(w.suspension([w.b])), w.now);
    expect(sealingKeyFor(trust, w.b, w.now)).toBeUndefined();
    expect(memberOfPeer(trust, peerOf(w.b))?.status).toBe("suspended");
  });

  test("binds peer ids, until it expires", () => {
    expect(memberOfPeer(held, peerOf(w.b))?.id).toBe(w.b);
    expect(memberOfPeer(held, peerOf(w.a))).toBeUndefined();
    expect(memberOfPeer(held, peerOf(w.b), w.now + 30 * w.day - 1)?.id).toBe(w.b);
    expect(memberOfPeer(held, peerOf(w.b), w.now + 30 * w.day)).toBeUndefined();
  });

  test("peer ids are those of libp2p", async () => {
    const { generateKeyPairFromSeed } = await import("@libp2p/crypto/keys");
    const { peerIdFromPrivateKey } = await import("@libp2p/peer-id");
    for (const id of [w.a, w.b, w.c]) {
      const key = await generateKeyPairFromSeed("Ed25519", w.secrets(id).transport);
      expect(peerOf(id)).toBe(peerIdFromPrivateKey(key).toString());
    }
  });
});

describe("a card is refused", () => {
  const six = w.sealing.map((key) => ({ public: key.public, from: w.now, until: w.now + w.day }));
  const week = given(six[0]);

  test.each<[string, string, Partial<CardContent>]>([
    ["of another federation", "federation", { federation: "00".repeat(32) }],
    ["from the future", "from-the-future", { created: w.now + w.hour }],
    ["that has expired", "expired", { created: w.now - w.day, expires: w.now }],
    ["of 36 days", "lives-too-long", { expires: w.now + 36 * w.day }],
    ["with one sealing key twice", "sealing-keys", { sealingKeys: [week, week] }],
    [
      "with a sealing key for eight days",
      "sealing-keys",
      { sealingKeys: [{ ...week, until: w.now + 8 * w.day }] },
    ],
    [
      "with a key of the week after next month",
      "sealing-keys",
      { sealingKeys: [{ ...week, from: w.now + 30 * w.day, until: w.now + 36 * w.day }] },
    ],
    [
      "with a key that it revokes",
      "sealing-keys",
      { sealingKeys: [week], revoked: [given(w.sealing[0]).id] },
    ],
    [
      "with another member's transport key",
      "possession",
      { peers: [listPeer(w.secrets(w.a).transport, w.federation, w.a)] },
    ],
    [
      "whose transport key is its identity key",
      "key-in-two-rows",
      { peers: [listPeer(w.secrets(w.b).identity.seeds.ed25519, w.federation, w.b)] },
    ],
    [
      "whose transport key is its log key",
      "key-in-two-rows",
      { peers: [listPeer(w.secrets(w.b).log, w.federation, w.b)] },
    ],
    [
      "of a key that its member does not have",
      "unknown-key",
      { key: keyIdOf(w.secrets(w.a).identity.public) },
    ],
    ["of nobody", "unknown-member", { member: "00".repeat(16) }],
  ])("%s", (_name, code, change) => {
    const file = w.signCard({ ...w.cardOf(w.b), ...change }, w.secrets(w.b).identity);
    expect(codeOf(() => acceptCard(w.trusting, file, w.now))).toBe(`card/${code}`);
  });

  test("with six sealing keys, when it is written", () => {
    expect(codeOf(() => w.signCard(w.cardOf(w.b, { sealingKeys: six })))).toBe("card/invalid");
    expect(codeOf(() => w.signCard(w.cardOf(w.b, { sealingKeys: [] })))).toBe("card/invalid");
  });

  test("with any other list of signatures than its key's one", () => {
    const file = w.signCard(w.cardOf(w.b));
    const [signature] = [given(file.signatures[0])];
    const refuse = (signatures: typeof file.signatures) =>
      codeOf(() => acceptCard(w.trusting, { ...file, signatures }, w.now));
    expect(refuse([])).toBe("card/signature");
    expect(refuse([signature, signature])).toBe("card/signature");
    expect(refuse(w.signCard(w.cardOf(w.b), w.stranger).signatures)).toBe("card/signature");
    expect(refuse([{ ...signature, mldsa65: new Uint8Array(3309) }])).toBe("card/signature");
    const asRoster = w.sign("roster", file.bytes, [w.secrets(w.b).identity]);
    expect(refuse(asRoster.signatures)).toBe("card/signature");
  });

  test("that claims a peer id of another member's card", () => {
    const shared = new Uint8Array(32).fill(5);
    const of = (id: string) => w.signCard(w.cardOf(id, { peers: [listPeer(shared, w.federation, id)] }));
    const trust = acceptCard(w.trusting, of(w.a), w.now);
    expect(codeOf(() => acceptCard(trust, of(w.b), w.now))).toBe("card/peer-of-another");
  });

  test("outside of its key's year", () => {
    const later = oldKey.until;
    const times = {
      created: later,
      expires: later + w.day,
      sealingKeys: [{ ...week, from: later, until: later + w.day }],
    };
    expect(refused(times, w.trusting, later)).toBe("card/key-not-valid");
  });
});

describe("card versions", () => {
  test("never fall; the held card is taken again without effect", () => {
    expect(refused({ version: 2 }, held)).toBe("card/rollback");
    expect(acceptCard(held, w.signCard(w.cardOf(w.b)), w.now)).toBe(held);
    expect(acceptCard(held, w.signCard(w.cardOf(w.b)), oldKey.until)).toBe(held);
    const newer = acceptCard(held, w.signCard(w.cardOf(w.b, { version: 4, epoch: 2 })), w.now);
    expect(card(newer, w.b)).toMatchObject({ version: 4, epoch: 2 });
  });

  test("two cards of one version are refused and kept as evidence, once", () => {
    const second = (epoch: number) => w.signCard(w.cardOf(w.b, { epoch }));
    const evidence = given(evidenceOf(errorOf(() => acceptCard(held, second(2), w.now))));
    expect(evidence).toMatchObject({ kind: "card", version: 3, member: w.b });
    const kept = keepEvidence(held, evidence);
    expect(kept.evidence).toHaveLength(1);
    expect(freshnessOf(kept, w.now)).toBe("current");
    const third = given(evidenceOf(errorOf(() => acceptCard(held, second(3), w.now))));
    expect(keepEvidence(kept, third)).toBe(kept);
    const forged = { ...evidence, second: w.signCard(w.cardOf(w.b, { epoch: 2 }), w.stranger) };
    expect(codeOf(() => keepEvidence(held, forged))).toBe("roster/invalid-evidence");
  });

  test("an epoch is not gone back to", () => {
    const restored = acceptCard(held, w.signCard(w.cardOf(w.b, { version: 4, epoch: 2 })), w.now);
    expect(refused({ version: 5, epoch: 1 }, restored)).toBe("card/epoch-rollback");
  });

  test("a later card revokes keys not yet used, and only those", () => {
    const [used, unused] = w.sealing;
    const kept = given(w.cardOf(w.b).sealingKeys[0]);
    const later = { version: 4, sealingKeys: [kept], revoked: [given(unused).id] };
    const trust = acceptCard(held, w.signCard(w.cardOf(w.b, later)), w.now);
    expect(sealingKeyFor(trust, w.b, w.now + 7 * w.day)).toBeUndefined();
    expect(sealingKeyFor(trust, w.b, w.now)?.id).toBe(used?.id);
    const fresh = { public: given(w.sealing[3]).public, from: w.now, until: w.now + w.day };
    const wrong = { version: 4, sealingKeys: [fresh], revoked: [given(used).id] };
    expect(refused(wrong, held)).toBe("card/revokes-used-key");
  });
});

describe("cards and keys", () => {
  const withKeys = (...identityKeys: ListedIdentityKey[]) =>
    acceptRoster(held, w.signRoster(w.next(w.withMember(w.b, { identityKeys }))), w.now);
  const added = w.listIdentity(newKey, w.b, { since: 6, from: w.now - w.day });
  const ofNewKey = (change: Partial<CardContent> = {}) =>
    w.signCard(w.cardOf(w.b, { key: keyIdOf(newKey.public), version: 1, epoch: 4, ...change }), newKey);

  test("versions count within the identity key, and the later key's card is the current one", () => {
    const trust = acceptCard(withKeys(oldKey, added), ofNewKey(), w.now);
    expect(card(trust, w.b)).toMatchObject({ version: 1, epoch: 4 });
    const stale = acceptCard(trust, w.signCard(w.cardOf(w.b, { version: 9 })), w.now);
    expect(card(stale, w.b)).toMatchObject({ version: 1, epoch: 4 });
  });

  test("a cut-off voids the key's cards, those held and those to come", () => {
    const cut = { ...oldKey, cutoff: { at: w.now, feeds: [] } };
    const trust = withKeys(cut, added);
    expect(card(trust, w.b)).toBeUndefined();
    expect(memberOfPeer(trust, peerOf(w.b))).toBeUndefined();
    expect(sealingKeyFor(trust, w.b, w.now)).toBeUndefined();
    expect(refused({ version: 4 }, trust)).toBe("card/cut-off");
    expect(card(acceptCard(trust, ofNewKey(), w.now), w.b)?.version).toBe(1);
  });

  test("a revoked member's cards are void", () => {
    const trust = acceptRoster(
      held,
      w.signRoster(w.next(w.withMember(w.b, { status: "revoked" }), 1)),
      w.now,
    );
    expect(card(trust, w.b)).toBeUndefined();
    expect(refused({ version: 4 }, trust)).toBe("card/revoked-member");
  });

  test("a card ends with its key", () => {
    const ending = w.listIdentity(newKey, w.b, { since: 6, until: w.now + w.day });
    const trust = acceptCard(withKeys(oldKey, ending), ofNewKey(), w.now);
    expect(card(trust, w.b)?.expires).toBe(w.now + w.day);
    expect(sealingKeyFor(trust, w.b, w.now + w.day)).toBeUndefined();
  });
});
