/** Real accounts on a real store in a folder of their own, with a clock that the test moves. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { loadConfiguration, type Configuration } from "../../../node/configuration/index.ts";
import { createDataFolder, openAccounts, openDataFolder, type OpenedFolder } from "../../../node/opening.ts";
import { createLog, type Clock } from "../../../node/telemetry/index.ts";
import type { Accounts } from "../../../node/accounts/index.ts";

export interface ManualClock extends Clock {
  /** Moves time on and calls what has become due. */
  pass(milliseconds: number): void;
}

export function manualClock(now = Date.UTC(2030, 0, 1)): ManualClock {
  let timers: { at: number; then: () => void }[] = [];
  return {
    now: () => now,
    after(milliseconds, then) {
      const timer = { at: now + milliseconds, then };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    pass(milliseconds) {
      now += milliseconds;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { then } of due) then();
    },
  };
}

/** The cheapest password cost that the settings allow: tests look at what is decided, not at how dear it is. */
export const cheapAccounts = { password: { cost: { memory: 19_456, passes: 1 } } };

export interface Bench {
  readonly folder: string;
  readonly configuration: Configuration;
  readonly clock: ManualClock;
  opened: OpenedFolder;
  accounts: Accounts;
  /** Closes and opens everything again, as a restart does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openBench(settings: Record<string, unknown> = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-accounts-"));
  const configuration = loadConfiguration({
    dataFolder: join(folder, "data"),
    keyFile: join(folder, "node.key"),
    log: "silent",
    accounts: cheapAccounts,
    ...settings,
  });
  const clock = manualClock();
  const surroundings = { clock, random: systemRandom, log: createLog("silent") };
  await createDataFolder(configuration, surroundings);

  async function open() {
    const opened = await openDataFolder(configuration, surroundings, (error) => {
      throw error;
    });
    return { opened, accounts: openAccounts(configuration, surroundings, opened) };
  }

  const bench: Bench = {
    ...{ folder, configuration, clock },
    ...(await open()),
    async restart() {
      await bench.opened.close();
      Object.assign(bench, await open());
    },
    async close() {
      await bench.opened.close();
      await rm(folder, { recursive: true });
    },
  };
  return bench;
}

export const password = "a long enough passphrase";
