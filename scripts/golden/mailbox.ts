/** Makes the golden bytes of a mailbox: `node scripts/golden/mailbox.ts`. The recipient clears the golden envelope. */
import { readFileSync, writeFileSync } from "node:fs";
import { hex, unbase64 } from "@wardline/protocol/encoding";
import { acknowledge } from "@wardline/protocol/mailbox";
import { federation } from "../../tests/protocol/support/federation.ts";

const folder = new URL("../../tests/conformance/golden/", import.meta.url);
const { trust, hotlineB, now } = federation("golden");

export function makeAcknowledgement(): object {
  const { bytes } = JSON.parse(readFileSync(new URL("envelope.json", folder), "utf8")) as { bytes: string };
  const signer = { recipient: hotlineB.id, key: hotlineB.key };
  const acknowledgement = acknowledge(unbase64(bytes), signer, trust.federationId, now);
  return { now, signerSeed: hex(hotlineB.key.seeds.ed25519), bytes: hex(acknowledgement) };
}

if (import.meta.main) {
  writeFileSync(
    new URL("acknowledgement.json", folder),
    `${JSON.stringify(makeAcknowledgement(), null, 1)}\n`,
  );
}
