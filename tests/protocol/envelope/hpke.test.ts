/** Our HPKE against an independent implementation of the KEM, the key schedule and the AEAD, both ways. */
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { describe, expect, test } from "vitest";
import { concat, sha256, systemRandom, utf8 } from "@wardline/protocol/encoding";
import { HEADER_BYTES, hpkeOpen, hpkeSeal, openEnvelope, sealEnvelope } from "@wardline/protocol/envelope";
import { decapsulate, encapsulate, generateSealingKey } from "@wardline/protocol/identity";
import { signStatement, statementTypes } from "@wardline/protocol/statements";
import { draft, federation } from "../support/federation.ts";

const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });
const buffer = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;
const key = generateSealingKey(systemRandom);
const info = utf8("some info");
const associatedData = utf8("some associated data");

describe("single-shot HPKE in base mode", () => {
  test.each([0, 1, 1024, 70_000])("theirs of %d bytes opens with ours", async (length) => {
    const text = systemRandom(length);
    const recipientPublicKey = await suite.kem.importKey("raw", buffer(key.public), true);
    const { ct, enc } = await suite.seal(
      { recipientPublicKey, info: buffer(info) },
      buffer(text),
      buffer(associatedData),
    );
    const secret = decapsulate(key.seed, new Uint8Array(enc));
    expect(hpkeOpen({ secret, info, associatedData }, new Uint8Array(ct))).toEqual(text);
  });

  test.each([0, 1, 1024, 70_000])("ours of %d bytes opens with theirs", async (length) => {
    const text = systemRandom(length);
    const { secret, ciphertext } = encapsulate(key.public, systemRandom);
    const sealed = hpkeSeal({ secret, info, associatedData }, text);
    const recipientKey = await suite.kem.importKey("raw", buffer(key.seed), false);
    const opened = await suite.open(
      { recipientKey, enc: buffer(ciphertext), info: buffer(info) },
      buffer(sealed),
      buffer(associatedData),
    );
    expect(new Uint8Array(opened)).toEqual(text);
  });

  test("another secret, info or associated data opens nothing", () => {
    const context = { secret: systemRandom(32), info, associatedData };
    const sealed = hpkeSeal(context, utf8("text"));
    expect(hpkeOpen({ ...context, secret: systemRandom(32) }, sealed)).toBeUndefined();
    expect(hpkeOpen({ ...context, info: utf8("other") }, sealed)).toBeUndefined();
    expect(hpkeOpen({ ...context, associatedData: utf8("other") }, sealed)).toBeUndefined();
    expect(hpkeOpen(context, sealed.subarray(1))).toBeUndefined();
    expect(hpkeOpen(context, new Uint8Array(3))).toBeUndefined();
  });
});

describe("a whole envelope", () => {
  const { trust, hotlineA, hotlineB, now, random } = federation();
  const { example } = statementTypes["report.forward"];
  const signed = signStatement(
    draft("report.forward", hotlineA.id, [hotlineB.id], example),
    hotlineA.key,
    trust.federationId,
  );
  const sender = { member: hotlineA.id, key: hotlineA.key };
  const sealing = { signed, trust, sender, recipient: hotlineB.id, epoch: 1, sequence: 7, now, random };

  test("opens with the independent library, following the specification alone", async () => {
    const { bytes } = sealEnvelope(sealing);
    const header = bytes.subarray(0, HEADER_BYTES);
    const length = new DataView(bytes.buffer).getUint32(1298);
    const recipientKey = await suite.kem.importKey("raw", buffer(hotlineB.sealing.seed), false);
    const label = concat(utf8("wardline/envelope/1/hpke"), sha256(header));
    const opened = await suite.open(
      { recipientKey, enc: buffer(bytes.subarray(178, 1298)), info: buffer(label) },
      buffer(bytes.subarray(1302, 1302 + length)),
      buffer(header),
    );
    const plaintext = new Uint8Array(opened);
    const statementLength = new DataView(opened).getUint32(12);
    expect(plaintext.length).toBe(length - 16);
    expect(plaintext.subarray(16, 16 + statementLength)).toEqual(signed.bytes);
  });

  test("sealed with the independent library's KEM opens with ours", async () => {
    const recipientPublicKey = await suite.kem.importKey("raw", buffer(hotlineB.sealing.public), true);
    const theirs = await suite.kem.encap({ recipientPublicKey });
    const encapsulation = {
      secret: new Uint8Array(theirs.sharedSecret),
      ciphertext: new Uint8Array(theirs.enc),
    };
    const { bytes } = sealEnvelope({ ...sealing, encapsulate: () => encapsulation });
    const opened = openEnvelope(bytes, {
      trust,
      self: hotlineB.id,
      sealingKey: () => hotlineB.sealing.seed,
      now,
    });
    expect(opened.signed.bytes).toEqual(signed.bytes);
  });
});
