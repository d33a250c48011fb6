/** Writes until the disk takes no more, which its parent brings about by a limit on file sizes; then says why it stopped. */
import { isWardlineError } from "@wardline/protocol/encoding";
import { defineCollection } from "@wardline/node/store";
import { openAt } from "../open.ts";

const blocks = defineCollection<{ bytes: Uint8Array }>("blocks");

const [folder = "", length = ""] = process.argv.slice(2);
const { commit } = await openAt(folder);
try {
  for (let at = 0; ; at++) {
    await commit.run((unit) => unit.put(blocks, [at], { bytes: new Uint8Array(Number(length)).fill(at) }));
    process.stdout.write(`${at}\n`);
  }
} catch (error) {
  process.stdout.write(`stopped ${isWardlineError(error) ? error.code : String(error)}\n`);
}
await commit
  .run(() => 1)
  .catch(async () => process.stdout.write(`reads ${(await commit.get(blocks, 0))?.bytes.length}\n`));
