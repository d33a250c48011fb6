/** CPU time of this process with all of its threads: what a figure costs, whoever else uses the machine. */

/** Microseconds so far. */
export function cpuOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of CPU for each of `times` calls, one after another. */
export async function costOf(times: number, call: (at: number) => unknown): Promise<number> {
  const before = cpuOfProcess();
  for (let at = 0; at < times; at++) await call(at);
  return (cpuOfProcess() - before) / times;
}

/** As `costOf`, for calls that do not wait: without the price of waiting. */
export function costOfSync(times: number, call: (at: number) => unknown): number {
  const before = cpuOfProcess();
  for (let at = 0; at < times; at++) call(at);
  return (cpuOfProcess() - before) / times;
}
