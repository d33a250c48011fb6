/** Plays a schedule: disturbs the network, kills and restarts members, and has them say and publish meanwhile. */
import type { MemberProcess } from "./process.ts";
import type { Network } from "../network/index.ts";
import type { Happening, Schedule } from "./schedule.ts";

export interface Stage {
  readonly network: Network;
  readonly processes: readonly MemberProcess[];
  readonly memberIds: readonly string[];
}

/** Resolves when the network is healed, every member runs, and all that was to be said is on its author's disk. */
export async function play({ happenings, lasts }: Schedule, stage: Stage): Promise<void> {
  const { network, processes } = stage;
  const over = new AbortController();
  const turns = processes.map(() => Promise.resolve<unknown>(undefined));
  /** One after another at each member, as its people would. */
  const inTurn = (member: number, act: (process: MemberProcess) => Promise<unknown>) => {
    const process = processes[member] as MemberProcess;
    const done = (turns[member] ?? Promise.resolve()).then(() => act(process));
    turns[member] = done;
    done.catch(() => undefined); // thrown where all are awaited
  };
  const falls: Promise<void>[] = [];
  const begun = performance.now();
  for (const happening of happenings) {
    await pause(happening.at - (performance.now() - begun));
    happen(happening);
  }
  await pause(lasts - (performance.now() - begun));
  over.abort();
  network.heal();
  await Promise.all(falls);
  await Promise.all(turns);

  function happen(happening: Happening): void {
    switch (happening.do) {
      case "weather":
        return network.set(happening.from, happening.to, happening.conditions);
      case "cut":
        return network.cut(...happening.pair);
      case "silence": {
        const { from, to, lasts: time } = happening;
        network.silence(from, to, true);
        return later(time, () => network.silence(from, to, false));
      }
      case "partition":
        return separate(happening);
      case "kill":
        return void falls.push(fall(processes[happening.member] as MemberProcess, happening));
      case "say":
        for (const speech of happening.speeches)
          inTurn(speech.from, (process) =>
            process.insist({ do: "say", speeches: [speech], members: stage.memberIds }),
          );
        return;
      case "publish":
      case "withdraw": {
        const { publication } = happening;
        return inTurn(publication.by, (process) => process.insist({ do: "publish", publication }));
      }
    }
  }

  function separate({ apart, how, lasts: time }: Happening & { do: "partition" }): void {
    const rest = processes.map((_, index) => index).filter((index) => !apart.includes(index));
    const pairs = apart.flatMap((one) => rest.map((other) => [one, other] as const));
    const apply = (now: boolean) => {
      for (const [one, other] of pairs) {
        network.close(one, other, now);
        if (how === "cut" && now) network.cut(one, other);
        if (how === "silent")
          for (const [from, to] of [[one, other] as const, [other, one] as const])
            network.silence(from, to, now);
      }
    };
    apply(true);
    later(time, () => apply(false));
  }

  async function fall(
    process: MemberProcess,
    { lasts: time, again }: Happening & { do: "kill" },
  ): Promise<void> {
    await process.kill();
    await pause(time);
    if (again !== undefined) {
      const started = process.start().catch(() => undefined);
      await pause(again);
      await process.kill();
      await started;
    }
    await process.start();
  }

  /** Unless the play is over by then: its end heals everything. */
  function later(time: number, act: () => void): void {
    void pause(time, over.signal).then(() => over.signal.aborted || act());
  }
}

function pause(time: number, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, time));
    over?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
