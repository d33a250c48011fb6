/** Evidence: what a capture sent and received, as it went over the wire, and who answered. */
export type { RecordExchange, Recorded, Tap } from "./exchange.ts";
