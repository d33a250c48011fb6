/** Blocks of which an entry was erased still verify, so that who passes them on must not be able to take records away. */
import type { Block } from "@wardline/protocol/adverts";
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";

/** Throws `advert/erased-entry` for a block that lacks a record, unless its author itself gives it. */
export function refuseErased({ author, count, records }: Block, by: MemberId): void {
  if (records.length === count || by === author) return;
  throw new WardlineError(
    "advert/erased-entry",
    "A record was erased from the block by another than its author.",
  );
}
