/** Makes the golden key of a holder announcement: `node scripts/golden/holders.ts`. */
import { writeFileSync } from "node:fs";
import { hex, sha256, utf8 } from "@wardline/protocol/encoding";
import { blindedKey } from "@wardline/protocol/holders";
import { seededRandom } from "../../tests/support/seeded.ts";

const target = new URL("../../tests/conformance/golden/holders.json", import.meta.url);

export function makeBlindedKey(): object {
  const secret = seededRandom("golden holders")(32);
  const item = hex(sha256(utf8("a picture")));
  return { secret: hex(secret), sha256: item, key: hex(blindedKey(secret, item)) };
}

if (import.meta.main) writeFileSync(target, `${JSON.stringify(makeBlindedKey(), null, 1)}\n`);
