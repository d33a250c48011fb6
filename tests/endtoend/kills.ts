/** kill -9 at moments that a seed chooses, while something goes on; every node that fell is started again. */
import type { DevFederation, DevNode } from "../../node/demo/index.ts";
import { seededRandom } from "../support/seeded.ts";

export interface KillOptions {
  readonly seed: string;
  /** After so many the nodes are left alone. */
  readonly most: number;
}

/** Who fell; `while starting` when it fell again before it served. */
export type Fall = string;

/** Runs `work` while nodes fall. Gives its result once every node runs again. */
export async function withKills<T>(
  federation: DevFederation,
  { seed, most }: KillOptions,
  work: () => Promise<T>,
): Promise<{ result: T; falls: Fall[] }> {
  const falls: Fall[] = [];
  const over = new AbortController();
  const killing = kill(federation, chooser(seed), most, falls, over.signal);
  try {
    const result = await Promise.race([work(), killing.then(() => new Promise<never>(() => undefined))]);
    return { result, falls };
  } finally {
    over.abort();
    await killing;
  }
}

interface Chooser {
  one<T>(of: readonly T[]): T;
  between(least: number, most: number): number;
}

function chooser(seed: string): Chooser {
  const random = seededRandom(`kills ${seed}`);
  const fraction = () => new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32;
  return {
    one: (of) => of[Math.floor(fraction() * of.length)] as (typeof of)[number],
    between: (least, most) => least + fraction() * (most - least),
  };
}

async function kill(
  { nodes }: DevFederation,
  choose: Chooser,
  most: number,
  falls: Fall[],
  over: AbortSignal,
): Promise<void> {
  while (falls.length < most && !over.aborted) {
    await pause(choose.between(300, 2500), over);
    if (over.aborted) return;
    const node = choose.one(nodes);
    await node.kill();
    falls.push(node.member.key);
    await pause(choose.between(0, 800), over);
    const again = choose.between(0, 1) < 0.25;
    if (again && falls.length < most && (await fallsWhileStarting(node, choose.between(50, 1200))))
      falls.push(`${node.member.key} while starting`);
    if (!node.running) await node.start();
  }
}

/** Whether it fell before it served; when it was quicker than that, it runs. */
async function fallsWhileStarting(node: DevNode, after: number): Promise<boolean> {
  const started = node.start().then(
    () => true,
    () => false,
  );
  if (await Promise.race([started, pause(after).then(() => false)])) return false;
  await node.kill();
  await started;
  return true;
}

function pause(time: number, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    over?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
