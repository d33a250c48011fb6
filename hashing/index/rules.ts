/** Which lists a query searches, and how: by list number, as small arrays that go to the threads. */

export interface Rules {
  /** Most bits that may differ; -1 where the list is not searched. */
  distance: Int8Array;
  /** Least quality. */
  quality: Uint8Array;
  /** 1 for known-good lists. */
  good: Uint8Array;
}

/** The widest distance of the lists that a query of this quality searches; -1 when there are none. */
export function widest({ distance, quality }: Rules, queryQuality: number): number {
  let most = -1;
  for (let list = 0; list < distance.length; list++)
    if ((quality[list] as number) <= queryQuality) most = Math.max(most, distance[list] as number);
  return most;
}

/** Whether the list is searched at all. */
export const isSeen = ({ distance }: Rules, list: number) => (distance[list] ?? -1) >= 0;
