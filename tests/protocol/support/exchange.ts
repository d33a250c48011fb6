/** One statement from hotline A to hotline B with its envelope and receipt, and a sealer without scruples, for tests that alter things. */
import { ByteWriter, concat, pae, sha256, unhex, utf8 } from "@wardline/protocol/encoding";
import {
  hpkeSeal,
  openEnvelope,
  sealEnvelope,
  sealReceipt,
  sizeClass,
  type Opening,
  type SealEnvelope,
} from "@wardline/protocol/envelope";
import { encapsulate, signEd25519, type IdentitySecretKey } from "@wardline/protocol/identity";
import { signStatement, statementTypes } from "@wardline/protocol/statements";
import { draft, federation, type TestMember } from "./federation.ts";

export function exchange(label?: string) {
  const everyone = federation(label);
  const { trust, hotlineA, hotlineB, now, random } = everyone;
  const { example } = statementTypes["report.update"];
  const said = draft("report.update", hotlineA.id, [hotlineB.id], example);
  const signed = signStatement(said, hotlineA.key, trust.federationId);
  const sender = { member: hotlineA.id, key: hotlineA.key };
  const sealing: SealEnvelope = {
    signed,
    trust,
    sender,
    recipient: hotlineB.id,
    epoch: 1,
    sequence: 7,
    now,
    random,
  };
  const { bytes } = sealEnvelope(sealing);

  const answer = {
    ...{
      statement: said.id,
      statementHash: signed.hash,
      epoch: 1,
      sequence: 7,
      at: now,
      result: "accepted" as const,
    },
    ...{ number: 1, attachments: [], logIndex: 12, checkpoint: "" },
  };
  const answering = {
    trust,
    sender: { member: hotlineB.id, key: hotlineB.key },
    recipient: hotlineA.id,
    now,
    random,
  };
  const receipt = sealReceipt({ ...answering, receipt: answer }).bytes;

  const openingOf = ({ id, sealing }: TestMember): Opening => ({
    trust,
    self: id,
    sealingKey: (key) => (key === sealing.id ? sealing.seed : undefined),
    now,
  });
  const opening = openingOf(hotlineB);

  return {
    ...everyone,
    ...{ signed, sealing, bytes, answer, answering, receipt, opening, answerOpening: openingOf(hotlineA) },
    seal: (changes: Partial<SealEnvelope> = {}) => sealEnvelope({ ...sealing, ...changes }),
    open: (envelope: Uint8Array) => openEnvelope(envelope, opening),
    repack: (changes: Repack) => repack(sealing, everyone, changes),
  };
}

interface Repack {
  sender?: { member: string; key: IdentitySecretKey };
  recipient?: string;
  header?: { created?: number; expires?: number; rosterVersion?: number };
  /** Changes the padded content before it is encrypted. */
  alter?: (padded: Uint8Array) => Uint8Array;
}

/** Seals as the specification lays it out, and checks nothing. */
function repack(sealing: SealEnvelope, everyone: ReturnType<typeof federation>, changes: Repack): Uint8Array {
  const { signed, trust, now, random } = sealing;
  const federationId = unhex(trust.federationId);
  const { sender = sealing.sender, recipient = sealing.recipient, alter = (text) => text } = changes;
  const { created = now, expires = created + 86_400_000, rosterVersion = 1 } = changes.header ?? {};
  const members = [everyone.hotlineA, everyone.hotlineB, everyone.police];
  const of = (id: string) => members.find((member) => member.id === id) as TestMember;
  const sign = (purpose: string, ...parts: Uint8Array[]) =>
    signEd25519(sender.key.seeds.ed25519, pae(purpose, federationId, ...parts));

  const ids = [
    random(16),
    unhex(sender.member),
    unhex(of(sender.member).keyId),
    unhex(recipient),
    unhex(of(recipient).sealing.id),
  ];
  const header = concat(
    ...[utf8("WARDENV1"), Uint8Array.of(0, 1), federationId, ...ids],
    new ByteWriter().u64(created).u64(expires).u64(rosterVersion).finish(),
  );
  const place = new ByteWriter().u32(sealing.epoch).u64(sealing.sequence).finish();
  const delivery = sign("wardline/delivery/1", sha256(header), place, sha256(signed.bytes));
  const length = new ByteWriter().u32(signed.bytes.length).finish();
  const content = concat(place, length, signed.bytes, unhex(signed.keyId), signed.signature, delivery);
  const padded = new Uint8Array(sizeClass(content.length));
  padded.set(content);

  const { secret, ciphertext: encapsulation } = encapsulate(of(recipient).sealing.public, random);
  const info = concat(utf8("wardline/envelope/1/hpke"), sha256(header));
  const ciphertext = hpkeSeal({ secret, info, associatedData: header }, alter(padded));
  const body = concat(encapsulation, new ByteWriter().u32(ciphertext.length).finish(), ciphertext);
  return concat(header, body, sign("wardline/envelope/1", header, sha256(body)));
}
