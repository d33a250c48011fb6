import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWardlineError, text, utf8 } from "@wardline/protocol/encoding";
import { signEd25519 } from "@wardline/protocol/identity";
import {
  LARGEST_STATEMENT,
  openStatement,
  signStatement,
  statementTypes,
  twoContents,
  type SignedStatement,
} from "@wardline/protocol/statements";
import { codeOf } from "../../support/codes.ts";
import { draft, federation } from "../support/federation.ts";

const { trust, hotlineA, hotlineB, now } = federation();
const sister = federation("sister");

const forward = () =>
  draft("report.forward", hotlineA.id, [hotlineB.id], statementTypes["report.forward"].example);
const sign = (changes: object = {}): SignedStatement =>
  signStatement({ ...forward(), ...changes }, hotlineA.key, trust.federationId);
const open = (signed: SignedStatement, held = trust) =>
  openStatement(signed.bytes, signed.signature, signed.keyId, held);

/** Signs bytes as they are, so that a test can say what `signStatement` refuses to. */
function signBytes(bytes: Uint8Array): SignedStatement {
  const template = sign();
  const encoding = signedBytesOf(bytes, trust.federationId);
  return { ...template, bytes, signature: signEd25519(hotlineA.key.seeds.ed25519, encoding) };
}

/** The encoding under a statement's signature, written out from the specification and not from the code. */
function signedBytesOf(bytes: Uint8Array, federationId: string): Uint8Array {
  const head = utf8("DSSEv1 20 wardline/statement/1 32 ");
  return Buffer.concat([head, Buffer.from(federationId, "hex"), utf8(` ${bytes.length} `), bytes]);
}

describe("signing and opening a statement", () => {
  test("the reader sees what the author said, with defaults filled in, and keeps the exact bytes", () => {
    const signed = sign();
    const opened = open(signed);
    expect(opened).toEqual(signed);
    expect(opened.statement).toMatchObject({ version: 1, after: [], critical: [], attachments: [] });
    expect(opened.statement.handling).toEqual({ marking: "amber", onward: "none" });
    expect(opened.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("the signature is over the DSSE encoding of federation and bytes, as the specification has it", () => {
    const signed = sign();
    expect(signed.signature).toEqual(signBytes(signed.bytes).signature);
  });

  test("unknown fields survive, in the frame and in the payload", () => {
    const bytes = utf8(text(sign().bytes).replace('{"version":1,', '{"version":1,"later":[1],'));
    expect(open(signBytes(bytes)).statement["later"]).toEqual([1]);
  });

  test("every flipped byte of bytes or signature is refused", () => {
    const signed = sign();
    for (let at = 0; at < signed.bytes.length; at += 7) {
      const bytes = signed.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      expect(
        codeOf(() => open({ ...signed, bytes })),
        `byte ${at}`,
      ).toMatch(/^(statement|encoding)\//);
    }
    for (let at = 0; at < 64; at++) {
      const signature = signed.signature.slice();
      signature[at] = (signature[at] ?? 0) ^ 0x80;
      expect(codeOf(() => open({ ...signed, signature }))).toBe("statement/signature");
    }
  });

  test.each([
    [
      "statement/signature",
      "of another federation",
      () => open(signStatement(forward(), hotlineA.key, sister.trust.federationId)),
    ],
    [
      "statement/unknown-author",
      "by a stranger",
      () => sign({ author: "ee".repeat(16) }) && open(sign({ author: "ee".repeat(16) })),
    ],
    [
      "statement/unknown-key",
      "by another member's key",
      () => open(signStatement(forward(), hotlineB.key, trust.federationId)),
    ],
    ["statement/key-not-valid", "from before the key's life", () => open(sign({ created: 0 }))],
    ["statement/malformed", "to nobody", () => sign({ to: [] })],
    ["statement/malformed", "to its author", () => sign({ to: [hotlineA.id] })],
    ["statement/malformed", "to one member twice", () => sign({ to: [hotlineB.id, hotlineB.id] })],
    ["statement/payload", "with a payload of another type", () => sign({ type: "lea.feedback" })],
    [
      "statement/too-large",
      "larger than an envelope",
      () => sign({ payload: { ...forward().payload, x: "x".repeat(LARGEST_STATEMENT) } }),
    ],
    ["encoding/duplicate-key", "with a key twice", () => open(signBytes(utf8('{"version":1,"version":1}')))],
    ["encoding/invalid-utf8", "in broken UTF-8", () => open(signBytes(Uint8Array.of(0x22, 0xff, 0x22)))],
    ["encoding/invalid-json", "cut short", () => open(signBytes(sign().bytes.subarray(0, 100)))],
    [
      "statement/malformed",
      "of another version",
      () => open(signBytes(utf8(text(sign().bytes).replace('"version":1', '"version":2')))),
    ],
  ])("%s: a statement %s", (code, _what, action) => {
    expect(codeOf(action)).toBe(code);
  });

  test("nothing but an error of ours comes out, whatever the bytes", () => {
    const seen = (bytes: Uint8Array, signature: Uint8Array) => {
      try {
        openStatement(bytes, signature, hotlineA.keyId, trust);
        return false;
      } catch (error) {
        return isWardlineError(error);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 70 }), seen), {
      numRuns: 300,
    });
    fc.assert(
      fc.property(fc.json(), (json) => seen(utf8(json.toWellFormed()), new Uint8Array(64))),
      { numRuns: 300 },
    );
  });
});

describe("two contents under one statement id", () => {
  test("are a proof against their author, in either order", () => {
    const one = sign();
    const other = sign({ matter: "another" });
    expect(twoContents(one, other, trust)).toMatchObject({ author: hotlineA.id, id: one.statement.id });
    expect(twoContents(other, one, trust)).toBeDefined();
  });

  test("one statement twice, two statements, or two authors are none", () => {
    const one = sign();
    const byB = { ...forward(), author: hotlineB.id, to: [hotlineA.id] };
    expect(twoContents(one, sign(), trust)).toBeUndefined();
    expect(twoContents(one, sign({ id: "ff".repeat(16) }), trust)).toBeUndefined();
    expect(twoContents(one, signStatement(byB, hotlineB.key, trust.federationId), trust)).toBeUndefined();
  });

  test("a forged half proves nothing", () => {
    const forged = { ...sign({ matter: "forged" }), signature: sign().signature };
    expect(codeOf(() => twoContents(sign(), forged, trust))).toBe("statement/signature");
  });

  test("times are milliseconds of the test's clock", () => {
    expect(sign().statement.created).toBe(now);
  });
});
