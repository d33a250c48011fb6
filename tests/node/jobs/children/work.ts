/** Does jobs until it is killed: each writes one result and schedules two more, down to a depth. Says each outcome that is on disk, and when there is nothing to do. */
import { createJobs } from "@wardline/node/jobs";
import { defineCollection } from "@wardline/node/store";
import { systemClock } from "@wardline/node/telemetry";
import { systemRandom } from "@wardline/protocol/encoding";
import { openAt } from "../../commit/open.ts";

const results = defineCollection<{ times: number }>("results");
const DEPTH = 7;

const [folder = ""] = process.argv.slice(2);
const { commit } = await openAt(folder);
const settings = { perKind: 4, attempts: 3, retryFirst: 10, retryMost: 20, jitter: 0.5 };
const onFault = ({ error }: { error: unknown }) => process.stderr.write(String(error));
const jobs = createJobs({ commit, clock: systemClock, random: systemRandom, settings, onFault });

jobs.register<{ name: string }>("grow", ({ name }) =>
  Promise.resolve(async (unit) => {
    unit.put(results, [name], { times: ((await unit.get(results, name))?.times ?? 0) + 1 });
    unit.afterCommit(() => void process.stdout.write(`${name}\n`));
    if (name.length > DEPTH) return;
    for (const side of ["l", "r"])
      jobs.schedule(unit, { kind: "grow", id: name + side, payload: { name: name + side } });
  }),
);
await commit.run(async (unit) => {
  if (!(await unit.has(results, "-"))) jobs.schedule(unit, { kind: "grow", id: "-", payload: { name: "-" } });
});
jobs.start();
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if ((await Array.fromAsync(jobs.list(commit))).length === 0) process.stdout.write("idle\n");
}
