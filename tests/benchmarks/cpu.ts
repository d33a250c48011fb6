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

/** Resolves when this process rests: the database has sorted away what was written before. At most a minute. */
export async function rest(): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 500) {
    const before = cpuOfProcess();
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (cpuOfProcess() - before < 25_000) return;
  }
}
