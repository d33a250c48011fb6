/** Looking at many URLs in a row: each is fetched when its host may be asked, and compared by hash. */
import { lookAt, type SiteHeaders } from "./look.ts";
import type { Context } from "./context.ts";
import type { Target } from "./records.ts";
import type { Look } from "./watch.ts";

export interface Looked<T extends Target = Target> {
  target: T;
  look: Look;
}

/** One after another: a provider is not flooded by those who ask it to act. */
export async function lookAtAll<T extends Target>(
  { casework, commit, fetch, pace, hashPicture, settings }: Context,
  targets: readonly T[],
  signal: AbortSignal,
): Promise<Looked<T>[]> {
  const { nearDistance: distance, nearQuality: quality, largest, largestPicture } = settings.rechecks;
  const comparison = { hash: hashPicture, distance, quality, largest, largestPicture };
  const headers = new Map<string, SiteHeaders | undefined>();
  const looked: Looked<T>[] = [];
  for (const target of targets) {
    await pace.turn(target.url, signal);
    const { report } = target;
    if (!headers.has(report)) headers.set(report, (await casework.access(commit, report)).headers);
    looked.push({ target, look: await lookAt(target, fetch, comparison, signal, headers.get(report)) });
  }
  return looked;
}
