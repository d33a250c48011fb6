/** Looking at many URLs in a row: each is fetched when its host may be asked, and compared by hash. */
import { lookAt } from "./look.ts";
import type { Context } from "./context.ts";
import type { Target } from "./records.ts";
import type { Look } from "./watch.ts";

export interface Looked<T extends Target = Target> {
  target: T;
  look: Look;
}

/** One after another: a provider is not flooded by those who ask it to act. */
export async function lookAtAll<T extends Target>(
  { fetch, pace, hashPicture, settings }: Context,
  targets: readonly T[],
  signal: AbortSignal,
): Promise<Looked<T>[]> {
  const { nearDistance: distance, nearQuality: quality } = settings.rechecks;
  const comparison = { hash: hashPicture, distance, quality };
  const looked: Looked<T>[] = [];
  for (const target of targets) {
    await pace.turn(target.url, signal);
    looked.push({ target, look: await lookAt(target, fetch, comparison, signal) });
  }
  return looked;
}
