/**
 * The removal clocks of the field, as data. Organisations count from different moments (INHOPE from the hotline's receipt,
 * the IWF from the notice, Germany from the police's receipt), so no figure stands without the name of its clock.
 */
import type { Timestamps } from "../records.ts";

export interface ClockDefinition {
  id: string;
  name: string;
  /** What it counts, for whoever reads a figure. */
  sentence: string;
  start: keyof Timestamps;
  /** Counts only once `confirmed` is known, too. */
  end: keyof Timestamps;
  confirmed: keyof Timestamps;
  /** Whether time during which police held the notice is left out. */
  pausesWhileHeld: boolean;
}

const removal = { end: "firstOffline", confirmed: "confirmedOffline" } as const;
const until = "until every illegal item was first seen offline, once that was confirmed";
const withoutHolds = "; time during which police held the notice is left out";

export const clocks: readonly ClockDefinition[] = [
  {
    ...removal,
    id: "from-receipt",
    name: "From receipt to removal",
    sentence: `From the moment at which this organisation received the report ${until}.`,
    start: "received",
    pausesWhileHeld: false,
  },
  {
    ...removal,
    id: "from-receipt-less-holds",
    name: "From receipt to removal, without holds",
    sentence: `From the moment at which this organisation received the report ${until}${withoutHolds}.`,
    start: "received",
    pausesWhileHeld: true,
  },
  {
    ...removal,
    id: "from-notice",
    name: "From notice to removal",
    sentence: `From the first notice to a provider ${until}.`,
    start: "noticeSent",
    pausesWhileHeld: false,
  },
  {
    ...removal,
    id: "from-police",
    name: "From the police's receipt to removal",
    sentence: `From the moment at which police were told ${until}.`,
    start: "leaTold",
    pausesWhileHeld: false,
  },
  {
    ...removal,
    id: "from-police-less-holds",
    name: "From the police's receipt to removal, without holds",
    sentence: `From the moment at which police were told ${until}${withoutHolds}.`,
    start: "leaTold",
    pausesWhileHeld: true,
  },
];
