/** Only the recipient's own word about these very bytes clears them, and a mailbox judges what it cannot open. */
import { describe, expect, test } from "vitest";
import { hex, sha256, systemRandom } from "@wardline/protocol/encoding";
import { inspectHeader, sealEnvelope } from "@wardline/protocol/envelope";
import { acknowledge, checkDeposit, openAcknowledgement } from "@wardline/protocol/mailbox";
import { signStatement, statementTypes } from "@wardline/protocol/statements";
import { codeOf } from "../../support/codes.ts";
import { draft, federation } from "../support/federation.ts";

const { trust, hotlineA, hotlineB, police, now } = federation("mailbox");
const type = "report.forward";
const signed = signStatement(
  draft(type, hotlineA.id, [hotlineB.id], statementTypes[type].example),
  hotlineA.key,
  trust.federationId,
);
const container = sealEnvelope({
  ...{ signed, trust, recipient: hotlineB.id, epoch: 1, sequence: 1, now, random: systemRandom },
  sender: { member: hotlineA.id, key: hotlineA.key },
}).bytes;
const flipped = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] ?? 0) ^ 1);

describe("an acknowledgement", () => {
  const signer = { recipient: hotlineB.id, key: hotlineB.key };
  const bytes = acknowledge(container, signer, trust.federationId, now);

  test("names the container and who has it", () => {
    expect(openAcknowledgement(bytes, trust, now)).toEqual({
      id: inspectHeader(container).id,
      hash: hex(sha256(container)),
      recipient: hotlineB.id,
      key: hotlineB.keyId,
      at: now,
    });
  });

  test("counts no more with any byte flipped, cut at any length, or longer", () => {
    for (let at = 0; at < bytes.length; at++)
      expect(
        codeOf(() => openAcknowledgement(flipped(bytes, at), trust, now)),
        `byte ${at}`,
      ).toMatch(/^acknowledgement\//);
    for (const length of [0, 1, 145, 146, 209])
      expect(codeOf(() => openAcknowledgement(bytes.subarray(0, length), trust, now))).toBe(
        "acknowledgement/malformed",
      );
    const longer = new Uint8Array([...bytes, 0]);
    expect(codeOf(() => openAcknowledgement(longer, trust, now))).toBe("acknowledgement/malformed");
  });

  test("is nobody else's to give", () => {
    const byAnother = acknowledge(
      container,
      { recipient: hotlineB.id, key: police.key },
      trust.federationId,
      now,
    );
    expect(codeOf(() => openAcknowledgement(byAnother, trust, now))).toBe("acknowledgement/unknown-key");
  });

  test("counts in its own federation, and not before it was made", () => {
    const elsewhere = acknowledge(container, signer, "00".repeat(32), now);
    expect(codeOf(() => openAcknowledgement(elsewhere, trust, now))).toBe("acknowledgement/federation");
    const later = acknowledge(container, signer, trust.federationId, now + 6 * 60_000);
    expect(codeOf(() => openAcknowledgement(later, trust, now))).toBe("acknowledgement/from-the-future");
  });
});

describe("a deposit", () => {
  test("is judged without opening it, whoever it is for", () => {
    expect(checkDeposit(container, trust, now)).toMatchObject({
      kind: "envelope",
      sender: hotlineA.id,
      recipient: hotlineB.id,
    });
  });

  test("is refused when the sender did not seal these bytes, or when its time is over", () => {
    expect(codeOf(() => checkDeposit(flipped(container, 200), trust, now))).toBe("envelope/signature");
    expect(codeOf(() => checkDeposit(container, trust, now + 29 * 86_400_000))).toBe("envelope/expired");
    expect(codeOf(() => checkDeposit(container.subarray(0, 1400), trust, now))).toBe("envelope/truncated");
  });
});
