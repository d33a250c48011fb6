/**
 * `npm run bench`: what things cost, each against something measured in the same run.
 *
 *     npm run bench                     all of them, about six minutes
 *     npm run bench -- envelopes        a subset, by name
 *     npm run bench -- --json           each line also as {name, ours, other, ratio, unit}
 *     npm run bench -- peers --large    at the largest sizes, where a benchmark has them: gigabytes, and minutes more
 */
import { parseArgs } from "node:util";
import { benchCatchup } from "./catchup.ts";
import { benchBulk } from "./bulk.ts";
import { benchCapture } from "./capture.ts";
import { benchClusters } from "./clusters.ts";
import { benchEnvelopes } from "./envelopes.ts";
import { benchEvidence } from "./evidence.ts";
import { benchExact } from "./exact.ts";
import { benchGrowth } from "./growth.ts";
import { benchHamming } from "./hamming.ts";
import { benchLargest } from "./largest.ts";
import { jsonOf, sentenceOf, type Report } from "./line.ts";
import { benchMatching } from "./matching.ts";
import { benchPdq } from "./pdq.ts";
import { benchPeers } from "./peers.ts";
import { benchPictures } from "./pictures.ts";
import { benchSealing } from "./sealing.ts";
import { benchStore } from "./store.ts";
import { benchThroughput } from "./throughput.ts";
import { benchVideo } from "./video.ts";

const benches: Record<string, (report: Report, options: { large: boolean }) => Promise<void> | void> = {
  sealing: benchSealing,
  pdq: benchPdq,
  pictures: benchPictures,
  video: benchVideo,
  hamming: benchHamming,
  peers: benchPeers,
  matching: benchMatching,
  exact: benchExact,
  clusters: benchClusters,
  largest: benchLargest,
  store: benchStore,
  envelopes: benchEnvelopes,
  throughput: benchThroughput,
  bulk: benchBulk,
  growth: benchGrowth,
  catchup: benchCatchup,
  evidence: benchEvidence,
  capture: benchCapture,
};

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, large: { type: "boolean", default: false } },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : Object.keys(benches);

for (const name of chosen) {
  const bench = benches[name];
  if (!bench) fail(`There is no benchmark "${name}". One of: ${Object.keys(benches).join(", ")}.`);
  await bench((found) => {
    process.stdout.write(`${sentenceOf(found)}\n`);
    if (values.json) process.stdout.write(`${jsonOf(found)}\n`);
  }, values);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
