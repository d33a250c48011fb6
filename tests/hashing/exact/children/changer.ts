/** Changes an index for ever, and says on its output which changes were acknowledged. It is killed. */
import { writeSync } from "node:fs";
import { openExactIndex } from "@wardline/hashing/exact";
import { LITTLE, entryOf, key, removedBy } from "../numbered.ts";

const [, , folder = "", from = "0"] = process.argv;
const TOGETHER = 40;

const index = await openExactIndex({ folder, key, memory: LITTLE });
for (let first = Number(from); ; first += TOGETHER) {
  const changes: Promise<void>[] = [];
  for (let number = first; number < first + TOGETHER; number++) {
    const { kind, digest, record } = entryOf(number);
    changes.push(index.add(kind, digest, record));
    const gone = removedBy(number);
    if (gone !== undefined) {
      const old = entryOf(gone);
      changes.push(index.remove(old.kind, old.digest, old.record));
    }
  }
  await Promise.all(changes);
  writeSync(1, `${first + TOGETHER}\n`);
}
