/** Material at rest: how large, and how long what is unfinished is kept. */
import { z } from "zod";
import { duration, size } from "./units.ts";

export const vaultSettings = z.strictObject({
  itemLimit: size("5GiB").describe(
    "Largest item that is stored or received: a long video. Memory does not grow with it, only the disk.",
  ),
  rangeLimit: size("1MiB").describe(
    "Longest range of a granted item that is encrypted at once: what one request of a peer costs in memory.",
  ),
  reserve: size("1GiB").describe(
    "Free space that receptions leave on the disk: a node that cannot write its store stops, and loses more than a transfer.",
  ),
  incomingLife: duration("28d").describe(
    "How long an unfinished reception is kept: as long as an envelope, and so a grant, can live.",
  ),
});
export type VaultSettings = z.output<typeof vaultSettings>;
