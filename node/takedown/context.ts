/** What the files of this room share. */
import type { Random } from "@wardline/protocol/encoding";
import type { Hosting } from "../capture/index.ts";
import type { Casework } from "../casework/index.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { HostingOverride, TakedownSettings } from "../configuration/index.ts";
import type { Federation } from "../federation/index.ts";
import type { JurisdictionService } from "../jurisdiction/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Reader } from "../store/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { HoldHandler } from "./holds/events.ts";
import type { Poster } from "./api/poster.ts";
import type { FetchForLook, PictureHash } from "./look.ts";
import type { Pace } from "./pace.ts";
import type { ReportWatch } from "./records.ts";
import type { Mailer } from "./smtp.ts";
import type { NoticeTexts } from "./texts.ts";
import type { NoticeSender } from "./xarf.ts";

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
  random: Random;
  mailer: Mailer;
  poster: Poster;
  /** The guarded fetch, bound to its settings at start. */
  fetch: FetchForLook;
  /** PDQ of a picture, hashed in the sandbox; undefined for what is no picture. Throws when the sandbox does not work. */
  hashPicture: (body: Uint8Array) => Promise<PictureHash | undefined>;
  /** Where a URL is hosted now, and the abuse contact that the configuration names for it. */
  trace: (url: string) => Promise<Hosting>;
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
/** A report whose page has another country or provider now; told in the unit in which it was routed anew. */
export type MoveHandler = (unit: Unit, move: { report: string; sentence: string }) => Promise<void>;
export type OutcomeHandler = (unit: Unit, outcome: NoticeOutcome) => Promise<void>;

export interface Context extends TakedownServices {
  sender: NoticeSender;
  texts: NoticeTexts;
  outcomes: OutcomeHandler[];
  moved: MoveHandler[];
  pace: Pace;
  /** Whether police asked that nobody is told of this report yet. */
  held: (reader: Reader, report: string) => Promise<boolean>;
  holdEvents: HoldHandler[];
}

/** When a report was last told of, where an outcome names it. */
export const sentAt = ({ lastNotice }: Pick<ReportWatch, "lastNotice">) =>
  lastNotice === undefined ? {} : { noticeSentAt: lastNotice };

export async function tell(context: Context, unit: Unit, outcome: NoticeOutcome): Promise<void> {
  for (const handler of context.outcomes) await handler(unit, outcome);
}
