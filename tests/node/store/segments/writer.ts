/** Writes batch after batch with large values until it is killed, and says which are on disk. Run by killed.test.ts. */
import { openLevelStore, withSegments } from "../../../../node/store/index.ts";
import { batchAt, levelLimits, segmentLimits } from "./script.ts";

const [folder = "", first = "0"] = process.argv.slice(2);
const create = first === "0";
const level = await openLevelStore(`${folder}/records`, { ...levelLimits, create });
const store = await withSegments(level, `${folder}/segments`, segmentLimits);
for (let at = Number(first); ; at++) {
  await store.batch(batchAt(at));
  process.stdout.write(`${at}\n`);
}
