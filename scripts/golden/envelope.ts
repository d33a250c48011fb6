/**
 * Makes the golden bytes of statements, envelopes, receipts and blocks: `node scripts/golden/envelope.ts`. All of it grows from seeds,
 * so that it comes out the same each time; only the membership files are kept, because ML-DSA signatures are hedged and never do.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ml_kem768_x25519 } from "@noble/post-quantum/hybrid.js";
import { buildBlock, feedId, proveRecord, type AdvertRecord } from "@wardline/protocol/adverts";
import { base64, concat, hex, sha256, text, utf8 } from "@wardline/protocol/encoding";
import { hpkeOpen, sealEnvelope, sealReceipt } from "@wardline/protocol/envelope";
import { decapsulate } from "@wardline/protocol/identity";
import { encodeFile } from "@wardline/protocol/roster";
import {
  payloadJsonSchema,
  signStatement,
  statementTypes,
  type StatementType,
} from "@wardline/protocol/statements";
import { draft, federation } from "../../tests/protocol/support/federation.ts";
import { record } from "../../tests/protocol/support/adverts.ts";
import { seededRandom } from "../../tests/support/seeded.ts";

const folder = fileURLToPath(new URL("../../tests/conformance/golden/", import.meta.url));
const { trust, files, hotlineA, hotlineB, police, interpol, secretariat, now } = federation("golden");
const byKind = { hotline: hotlineA, lea: police, interpol, secretariat };

/** X-Wing with its randomness passed in, which the runtime's ML-KEM does not offer: another implementation stands in. */
const encapsulateWith = (random: Uint8Array) => (publicKey: Uint8Array) => {
  const { sharedSecret, cipherText } = ml_kem768_x25519.encapsulate(publicKey, random);
  return { secret: sharedSecret, ciphertext: cipherText };
};

export function makeStatements(): object[] {
  return (Object.keys(statementTypes) as StatementType[]).map((type) => {
    const rule = statementTypes[type];
    const author = byKind[rule.from[0]];
    const recipient = [hotlineB, ...Object.values(byKind)].find(
      (member) => member !== author && (rule.to as readonly string[]).includes(kindOf(member)),
    );
    const said = {
      ...draft(type, author.id, [recipient?.id ?? ""], rule.example),
      legalBasis: "Example Act, section 1",
    };
    const { bytes, signature, keyId, hash } = signStatement(said, author.key, trust.federationId);
    return { type, bytes: text(bytes), keyId, signature: hex(signature), hash };
  });
}

/** The payloads as JSON Schema, for implementations in other languages. */
export function makeSchemas(): object {
  const types = Object.keys(statementTypes) as StatementType[];
  return Object.fromEntries(types.map((type) => [type, payloadJsonSchema(type)]));
}

function kindOf(member: object): string {
  return member === hotlineB
    ? "hotline"
    : (Object.entries(byKind).find(([, each]) => each === member)?.[0] ?? "");
}

export function makeEnvelope(): object {
  const random = seededRandom("golden envelope");
  const encapsulation = random(64);
  const said = draft("report.forward", hotlineA.id, [hotlineB.id], statementTypes["report.forward"].example);
  const signed = signStatement(said, hotlineA.key, trust.federationId);
  const sender = { member: hotlineA.id, key: hotlineA.key };
  const place = { epoch: 1, sequence: 7 };
  const encapsulate = encapsulateWith(encapsulation);
  const sealing = { ...place, signed, trust, sender, recipient: hotlineB.id, now, random, encapsulate };
  const { bytes } = sealEnvelope(sealing);
  const head = bytes.subarray(0, 178);
  const secret = decapsulate(hotlineB.sealing.seed, bytes.subarray(178, 1298));
  const info = concat(utf8("wardline/envelope/1/hpke"), sha256(head));
  const content = hpkeOpen({ secret, info, associatedData: head }, bytes.subarray(1302, -64));
  return {
    ...place,
    now,
    senderSeed: hex(hotlineA.key.seeds.ed25519),
    recipientSealingSeed: hex(hotlineB.sealing.seed),
    encapsulationRandom: hex(encapsulation),
    statementHash: signed.hash,
    header: hex(head),
    headerHash: hex(sha256(head)),
    sharedSecret: hex(secret),
    content: base64(content ?? new Uint8Array()),
    bytes: base64(bytes),
  };
}

export function makeReceipt(): object {
  const random = seededRandom("golden receipt");
  const encapsulation = random(64);
  const said = draft("report.forward", hotlineA.id, [hotlineB.id], statementTypes["report.forward"].example);
  const { hash } = signStatement(said, hotlineA.key, trust.federationId);
  const receipt = {
    ...{
      statement: said.id,
      statementHash: hash,
      epoch: 1,
      sequence: 7,
      at: now,
      result: "accepted" as const,
    },
    ...{ number: 1, attachments: [], logIndex: 12, checkpoint: "" },
  };
  const sender = { member: hotlineB.id, key: hotlineB.key };
  const encapsulate = encapsulateWith(encapsulation);
  const sealed = sealReceipt({ receipt, trust, sender, recipient: hotlineA.id, now, random, encapsulate });
  return {
    now,
    senderSeed: hex(hotlineB.key.seeds.ed25519),
    recipientSealingSeed: hex(hotlineA.sealing.seed),
    encapsulationRandom: hex(encapsulation),
    receipt: text(sealed.signed.bytes),
    signature: hex(sealed.signed.signature),
    bytes: base64(sealed.bytes),
  };
}

export function makeFeed(): object {
  const random = seededRandom("golden feed");
  const base = {
    author: hotlineA.id,
    feed: feedId(hotlineA.id, "members"),
    epoch: 1,
    epochStart: 0,
    time: now,
    random,
  };
  const build = (
    height: number,
    previous: string | undefined,
    records: AdvertRecord[],
    firstSequence: number,
  ) =>
    buildBlock(
      { ...base, height, firstSequence, records, ...(previous && { previous }) },
      hotlineA.key,
      trust.federationId,
    );
  const first = build(0, undefined, [record(1), record(2), record(3)], 0);
  const second = build(1, first.hash, [record(2, { action: "withdraw" })], 3);
  const proof = proveRecord(first, 1);
  return {
    now,
    feed: base.feed,
    authorSeed: hex(hotlineA.key.seeds.ed25519),
    blocks: [first, second].map(({ hash, root, bytes, entries, records }) => ({
      ...{ hash, root, records },
      commitments: entries.map(({ commitment }) => hex(commitment)),
      bytes: base64(bytes),
    })),
    proof: { sequence: 1, salt: hex(proof.salt), record: hex(proof.record), path: proof.path.map(hex) },
  };
}

function write(name: string, value: unknown): void {
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(value, null, 1)}\n`);
}

/** Kept as first made: see above. Delete the file to start a new golden federation. */
function writeFederation(): void {
  if (existsSync(`${folder}federation.json`)) return;
  const seed = (member: { key: { seeds: { ed25519: Uint8Array } } }) => hex(member.key.seeds.ed25519);
  write("federation", {
    now,
    federationId: trust.federationId,
    files: files.map((file) => JSON.parse(text(encodeFile(file))) as unknown),
    identitySeeds: Object.fromEntries(
      Object.values({ hotlineA, hotlineB, police, interpol, secretariat }).map((member) => [
        member.id,
        seed(member),
      ]),
    ),
  });
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  writeFederation();
  write("statements", makeStatements());
  write("statement-schemas", makeSchemas());
  write("envelope", makeEnvelope());
  write("receipt", makeReceipt());
  write("feed", makeFeed());
  const written = JSON.parse(readFileSync(`${folder}federation.json`, "utf8")) as { federationId: string };
  process.stdout.write(`Golden bytes of federation ${written.federationId.slice(0, 16)}… are in ${folder}\n`);
}
