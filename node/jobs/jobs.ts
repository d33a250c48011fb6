/** The registry of kinds, and how jobs come and go as part of units. */
import { WardlineError, hex } from "@wardline/protocol/encoding";
import { createLane, type Lane, type LaneParts } from "./lane.ts";
import { jobs, scheduled, viewOf } from "./record.ts";
import type { Jobs } from "./types.ts";

const ID_BYTES = 16;
const TOKEN_BYTES = 8;

export function createJobs(parts: LaneParts): Jobs {
  const { random } = parts;
  const lanes = new Map<string, Lane>();
  let started = false;

  return {
    register(kind, handler, options = {}) {
      if (started || lanes.has(kind)) {
        throw new WardlineError("jobs/registered-wrongly", `Jobs of kind ${kind} cannot be registered now.`, {
          advice: "Each kind is registered once, before the jobs start.",
        });
      }
      lanes.set(kind, createLane(kind, handler, options, parts));
    },
    schedule(unit, { kind, payload, id = hex(random(ID_BYTES)), at = unit.now }) {
      const job = { kind, id, token: hex(random(TOKEN_BYTES)), at, payload };
      // What is there already must be read first, and callers do not wait.
      unit.beforeCommit(async () => {
        const before = await unit.get(jobs, kind, id);
        const running = before !== undefined && (lanes.get(kind)?.isRunning(before) ?? false);
        unit.put(jobs, [kind, id], scheduled(before, job, running));
      });
      unit.afterCommit(() => lanes.get(kind)?.wake(at));
    },
    cancel(unit, kind, id) {
      unit.beforeCommit(() => {
        unit.delete(jobs, [kind, id]);
        return Promise.resolve();
      });
      unit.afterCommit(() => lanes.get(kind)?.abort(id));
    },
    start() {
      started = true;
      for (const lane of lanes.values()) lane.start();
    },
    async stop() {
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    },
    async *list(reader) {
      for await (const { value } of reader.list(jobs)) yield viewOf(value);
    },
  };
}
