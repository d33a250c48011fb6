/**
 * Evidence: what a capture sent and received, byte for byte, as a web archive in the vault; and for each file the record
 * of how it came to be here.
 *
 * tap.ts (one connection) -> wire.ts (one direction: digests, framing) -> spool.ts (put aside, sealed when long)
 * archive.ts (one capture) -> records.ts (an exchange as records) -> segment.ts (one sealed file) -> warc.ts (one record)
 */
export type { Acquisition } from "./acquisition.ts";
export { createArchive, type Archive } from "./archive.ts";
export type { RecordExchange, Recorded, Tap } from "./exchange.ts";
export type { RenderedExchange } from "./rendered.ts";
export type { Segment } from "./segment.ts";
