import { describe, expect, test } from "vitest";
import { parseStrictJson, text, utf8 } from "@wardline/protocol/encoding";
import { ed25519PublicKey, generateIdentityKey } from "@wardline/protocol/identity";
import {
  acceptCard,
  acceptFreshness,
  acceptInvite,
  acceptRoot,
  acceptRoster,
  acceptSuspension,
  buildInvite,
  card,
  decodeTrust,
  encodeTrust,
  evidenceOf,
  freshnessOf,
  keepEvidence,
  member,
  members,
  rosterVersion,
  wordsFor,
  type Trust,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import * as w from "./world.ts";

const second = acceptRoot(w.trusting, w.signRoot({ ...w.root, version: 2 }), w.now);
const withCards = [w.a, w.b].reduce(
  (trust, id) => acceptCard(trust, w.signCard(w.cardOf(id)), w.now),
  second,
);
const suspended = acceptSuspension(withCards, w.signSuspension(w.suspension([w.c])), w.now);
const other = w.signRoster({ ...w.roster, expires: w.roster.expires - 1 });
const evidence = given(evidenceOf(errorOf(() => acceptRoster(suspended, other, w.now))));
const full = keepEvidence(suspended, evidence);

describe("a trust", () => {
  test("comes back from its bytes with everything it held", () => {
    for (const trust of [w.rooted, w.listed, w.trusting, withCards, full]) {
      const bytes = encodeTrust(trust);
      const again = decodeTrust(bytes);
      expect(encodeTrust(again)).toEqual(bytes);
      expect(again).toEqual(trust);
      expect(members(again)).toEqual(members(trust));
      expect(freshnessOf(again, w.now)).toBe(freshnessOf(trust, w.now));
    }
  });

  test("read again, it judges as before", () => {
    const again = decodeTrust(encodeTrust(withCards));
    expect(acceptRoster(again, w.rosterFile, w.now)).toBe(again);
    expect(codeOf(() => acceptRoster(again, other, w.now))).toBe("roster/two-of-one-version");
    expect(codeOf(() => acceptCard(again, w.signCard(w.cardOf(w.b, { version: 2 })), w.now))).toBe(
      "card/rollback",
    );
    const freshness = w.freshnessOfFile(w.rosterFile, { version: 1, suspended: [w.c] });
    const code = codeOf(() => acceptFreshness(again, w.signFreshness(freshness), w.now));
    expect(code).toBe("roster/two-of-one-version");
  });

  test("damaged bytes and unknown forms are refused by name", () => {
    const bytes = encodeTrust(w.trusting);
    expect(codeOf(() => decodeTrust(bytes.subarray(1)))).toBe("roster/damaged");
    expect(codeOf(() => decodeTrust(new Uint8Array(0)))).toBe("roster/damaged");
    expect(codeOf(() => decodeTrust(Uint8Array.of(0xa1, 0x64, 0x66, 0x6f, 0x72, 0x6d, 0x02)))).toBe(
      "roster/damaged",
    );
  });

  test("a refused file, and an accepted one, leave the earlier value as it was", () => {
    const before = encodeTrust(withCards);
    codeOf(() => acceptRoster(withCards, other, w.now));
    acceptRoster(withCards, w.signRoster(w.next(w.withMember(w.b, { status: "revoked" }))), w.now);
    acceptCard(withCards, w.signCard(w.cardOf(w.b, { version: 9 })), w.now);
    expect(encodeTrust(withCards)).toEqual(before);
    expect(member(withCards, w.b)?.status).toBe("active");
  });
});

describe("an invite", () => {
  const bytes = buildInvite(withCards);
  const invite = parseStrictJson(bytes) as Record<string, unknown>;
  const changed = (change: object) => utf8(JSON.stringify({ ...invite, ...change }));

  test("starts a joiner with the same trust", () => {
    const joined = acceptInvite(bytes, w.now);
    expect(joined.federationId).toBe(w.federation);
    expect(joined.roots).toHaveLength(2);
    expect(members(joined)).toEqual(members(withCards));
    expect(card(joined, w.b)).toEqual(card(withCards, w.b));
    expect(freshnessOf(joined, w.now)).toBe("current");
  });

  test("pins the root and the lowest roster version", () => {
    expect(codeOf(() => acceptInvite(changed({ federation: "00".repeat(32) }), w.now))).toBe(
      "roster/federation",
    );
    expect(codeOf(() => acceptInvite(changed({ rosterVersion: 6 }), w.now))).toBe("roster/below-invite");
    expect(acceptInvite(changed({ rosterVersion: 4 }), w.now).floor).toBe(4);
    expect(decodeTrust(encodeTrust(acceptInvite(bytes, w.now))).floor).toBe(5);
  });

  test("that is a week old still starts a joiner, who then asks for fresh files", () => {
    const joined = acceptInvite(bytes, w.now + 7 * w.day);
    expect([rosterVersion(joined), freshnessOf(joined, w.now + 7 * w.day)]).toEqual([5, "expired"]);
    const late = acceptInvite(bytes, w.now + 31 * w.day);
    expect(card(late, w.b)).toBeUndefined();
    expect(codeOf(() => acceptInvite(bytes, w.roster.expires))).toBe("roster/expired");
  });

  test("leaves out the card of a key whose year is over", () => {
    const ended = w.roster.members.map((member) =>
      member.id === w.b
        ? { ...member, identityKeys: member.identityKeys.map((key) => ({ ...key, until: w.now + w.day })) }
        : member,
    );
    const listed = acceptRoster(withCards, w.signRoster({ ...w.roster, version: 6, members: ended }), w.now);
    const joined = acceptInvite(buildInvite(listed), w.now + 2 * w.day);
    expect(card(joined, w.a)).toBeDefined();
    expect(card(joined, w.b)).toBeUndefined();
  });

  test("that is damaged is refused by name", () => {
    expect(codeOf(() => acceptInvite(bytes.subarray(0, 999), w.now))).toBe("roster/invalid");
    expect(codeOf(() => acceptInvite(utf8("[]"), w.now))).toBe("roster/invalid");
    expect(codeOf(() => acceptInvite(changed({ roots: [] }), w.now))).toBe("roster/invalid");
    expect(codeOf(() => acceptInvite(changed({ type: "wardline/roster/1" }), w.now))).toBe("roster/invalid");
    expect(codeOf(() => buildInvite(w.rooted))).toBe("roster/no-roster");
  });

  test("names no secret", () => {
    const written = text(bytes);
    for (const { identity, log, witness, transport } of Object.values(w.secretsOf)) {
      for (const seed of [identity.seeds.ed25519, identity.seeds.mldsa65, log, witness, transport]) {
        expect(written.includes(seed.toBase64()) || written.includes(seed.toHex())).toBe(false);
      }
    }
  });
});

describe("the twelve words", () => {
  const { identity, log, witness } = w.secrets(w.a);
  const keys = { identity: identity.public, log: ed25519PublicKey(log), witness: ed25519PublicKey(witness) };

  test("are twelve words that can be read aloud, the same each time", () => {
    const words = wordsFor(keys);
    expect(words).toHaveLength(12);
    for (const word of words)
      expect(word).toMatch(/^[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]$/);
    expect(wordsFor({ ...keys })).toEqual(words);
  });

  test("change with every key", () => {
    const stranger = generateIdentityKey(seededRandom("another candidate")).public;
    const variants: Parameters<typeof wordsFor>[0][] = [
      { ...keys, identity: { ...keys.identity, mldsa65: stranger.mldsa65 } },
      { ...keys, identity: { ...keys.identity, ed25519: stranger.ed25519 } },
      { ...keys, log: keys.witness },
      { ...keys, witness: keys.log },
    ];
    const all = [keys, ...variants].map((each) => wordsFor(each).join(" "));
    expect(new Set(all).size).toBe(5);
  });
});

describe("membership files of other shapes", () => {
  test("are refused before anything is verified", () => {
    const accept = (value: string): string | undefined => {
      const file = { bytes: utf8(value), signatures: [] };
      return codeOf(() => acceptRoster(w.rooted as Trust, file, w.now));
    };
    expect(accept("")).toBe("roster/invalid");
    expect(accept("[]")).toBe("roster/invalid");
    expect(accept("null")).toBe("roster/invalid");
    expect(accept(text(w.freshnessFile.bytes))).toBe("roster/invalid");
    expect(accept(text(w.rosterFile.bytes).replace("{", '{"version":5,'))).toBe("roster/invalid");
    expect(accept(`"${"x".repeat(8 << 20)}"`)).toBe("roster/too-large");
  });
});
