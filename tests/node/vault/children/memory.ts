/** Stores a large item from a stream, gives a whole grant of it range by range, receives it; says how much memory that took. */
import { createHash } from "node:crypto";
import { openFromArguments } from "./open.ts";

const MiB = 2 ** 20;
const size = Number(process.argv[4]) * MiB + 5;
const vault = await openFromArguments();
const digest = createHash("sha256");

async function* source() {
  const piece = Buffer.alloc(MiB);
  for (let at = 0; at < size; at += piece.length) {
    piece.writeUInt32BE(at / MiB);
    const part = Uint8Array.from(piece.subarray(0, Math.min(MiB, size - at)));
    digest.update(part);
    yield part;
  }
}

/** Growth beyond the start, with garbage collected first: what is held, not what awaits collection. */
function held(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

const before = held();
const item = await vault.put(source());
const grant = {
  id: "g",
  key: await vault.grantKey(item.id, "g"),
  sha256: item.sha256,
  bytes: size,
  sealedBytes: await vault.grantSize(item.id),
};
const receiving = await vault.receive(grant);
let most = Math.max(before, held());
while (receiving.received < grant.sealedBytes) {
  await receiving.write(await vault.grantRange(item.id, "g", receiving.received, MiB));
  if (receiving.received % (16 * MiB) < MiB) most = Math.max(most, held());
}
const { id } = await receiving.finish();
const read = createHash("sha256");
for await (const bytes of vault.read(id)) read.update(bytes);
process.stdout.write(
  `${JSON.stringify({ grown: most - before, same: read.digest("hex") === digest.digest("hex") })}\n`,
);
