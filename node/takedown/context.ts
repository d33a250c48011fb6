/** What the files of this room share. */
import type { Capture } from "../capture/index.ts";
import type { Casework } from "../casework/index.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { HostingOverride, TakedownSettings } from "../configuration/index.ts";
import type { Federation } from "../federation/index.ts";
import type { JurisdictionService } from "../jurisdiction/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { FetchForLook } from "./look.ts";
import type { ReportWatch } from "./records.ts";
import type { Mailer } from "./smtp.ts";
import type { NoticeSender } from "./xarf.ts";

export type TracedHosting = Capture["hosting"];

export interface TakedownServices {
  commit: Commit;
  jobs: Jobs;
  casework: Casework;
  federation: Federation;
  jurisdictions: JurisdictionService;
  settings: TakedownSettings;
  /** Hosting that is configured, with the contacts of single hosts. */
  overrides: readonly HostingOverride[];
  clock: Clock;
  mailer: Mailer;
  /** The guarded fetch, bound to its settings at start. */
  fetch: FetchForLook;
  /** Where a URL is hosted now, and the abuse contact that the configuration names for it. */
  trace: (url: string) => Promise<TracedHosting>;
}

/** What became of a notice or of the URLs, in the same unit; the hotline desk tells the report's origin. */
export interface NoticeOutcome {
  report: string;
  items: string[];
  outcome: "notified" | "removed" | "unavailable" | "still-online";
  noticeSentAt?: number;
  firstOfflineAt?: number;
  confirmedOfflineAt?: number;
}
export type OutcomeHandler = (unit: Unit, outcome: NoticeOutcome) => Promise<void>;

export interface Context extends TakedownServices {
  sender: NoticeSender;
  outcomes: OutcomeHandler[];
}

/** When a report was last told of, where an outcome names it. */
export const sentAt = ({ lastNotice }: Pick<ReportWatch, "lastNotice">) =>
  lastNotice === undefined ? {} : { noticeSentAt: lastNotice };

export async function tell(context: Context, unit: Unit, outcome: NoticeOutcome): Promise<void> {
  for (const handler of context.outcomes) await handler(unit, outcome);
}
