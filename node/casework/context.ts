/** What the files of this room share: the services below, who the members are, and whom to tell above. */
import { members as membersOf, member as memberOf, type Member } from "@wardline/protocol/roster";
import type { Random } from "@wardline/protocol/encoding";
import type { Captures, Hosting as TracedHosting, Videos } from "../capture/index.ts";
import type { Commit, Unit } from "../commit/index.ts";
import type { CaseworkSettings } from "../configuration/index.ts";
import type { Decoder } from "../decode/index.ts";
import type { Federation } from "../federation/index.ts";
import {
  competentFor,
  type Competence,
  type Jurisdiction,
  type JurisdictionService,
} from "../jurisdiction/index.ts";
import type { Jobs } from "../jobs/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Reader } from "../store/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";
import type { MessageReference } from "./conversations/collections.ts";
import type { NearMatches } from "./near.ts";
import type { Assessment, Hosting, Item, Report } from "./records.ts";
import type { Voices } from "./rules.ts";

export interface CaseworkServices {
  commit: Commit;
  jobs: Jobs;
  vault: Vault;
  ledger: Ledger;
  decoder: Decoder;
  federation: Federation;
  jurisdictions: JurisdictionService;
  /** Country whose law is applied here. Left out: the one that the roster gives this member. */
  country?: string | undefined;
  /** Where a URL is hosted now. */
  trace: (url: string) => Promise<TracedHosting>;
  captures: Captures;
  videos: Videos;
  settings: CaseworkSettings;
  clock: Clock;
  random: Random;
}

/** Told inside the unit in which it happened, so that what follows from it is committed with it or not at all. */
export interface CaseworkHandlers {
  /** Every item has a verdict, something is illegal, and this member is competent for it. */
  classified: (unit: Unit, report: Report, items: Item[], competence: Competence) => Promise<void>;
  /** Verdicts given here on items of a report that is shared with another member already. */
  reassessed: (unit: Unit, report: Report, given: { item: Item; assessment: Assessment }[]) => Promise<void>;
  closed: (unit: Unit, report: Report, reason: string) => Promise<void>;
}

export interface AbuseContact {
  address: string;
  source: string;
  approved: boolean;
}

/** What a conversation can be about, as a desk knows it. */
export interface Matter {
  report: { id: string; reference: string };
  /** Which page shows it, and under which id. */
  where: "report" | "escalation" | "contribution";
  id: string;
  /** Other members that have to do with it. */
  members: string[];
}

/** What a desk knows of a report, by the id that all members share. */
export type MatterSource = (reader: Reader, report: string) => Promise<Matter | undefined>;

/** Where a page here shows something; `id` as that page takes it. */
export interface Place {
  where: "report" | "escalation" | "contribution" | "material" | "advert";
  id: string;
}

/** What messages can point at, as a desk knows it. */
export interface PointerSource {
  /** What it keeps of a report that a message can point at. */
  offered(reader: Reader, report: string): Promise<MessageReference[]>;
  /** Where it shows what a reference in a message about a report names; nothing when that is not known here. */
  place(reader: Reader, reference: MessageReference, report: string): Promise<Place | undefined>;
}

export interface Context extends CaseworkServices {
  /** As the roster has it now. */
  readonly self: Member;
  near: NearMatches;
  handlers: { [Name in keyof CaseworkHandlers]: CaseworkHandlers[Name][] };
  /** Filled by desks: what they know of reports that are not kept here. */
  matters: MatterSource[];
  /** Filled by desks, too. */
  pointers: PointerSource[];
  /** Filled by takedown: where the next notice about this report would go. */
  contact: (reader: Reader, hosting: Hosting, report: string) => Promise<AbuseContact | undefined>;
}

export interface MemberLabel {
  id: string;
  name: string;
  country: string;
  kind: string;
}

/** A member as views show it; one that left the roster keeps its id. */
export function labelOf({ federation }: Pick<Context, "federation">, id: string): MemberLabel {
  const found = memberOf(federation.trust(), id);
  if (!found) return { id, name: `unknown member ${id.slice(0, 8)}`, country: "", kind: "" };
  return { id, name: found.name, country: found.country, kind: found.kind };
}

export function activeMember({ federation }: Pick<Context, "federation">, id: string): Member | undefined {
  const found = memberOf(federation.trust(), id);
  return found?.status === "active" ? found : undefined;
}

type Located = Pick<Report, "host" | "hosting" | "subject">;

/** Who deals with a report, by where it is hosted, what it is about, and the roster as it is now. */
export function competence(
  { federation, self, jurisdictions }: Context,
  { host, hosting, subject }: Located,
): Competence {
  const members = membersOf(federation.trust());
  return competentFor(hosting ?? { host }, members, self.id, jurisdictions.of, subject);
}

/** The law that is applied here. */
export const lawHere = ({ jurisdictions, country, self }: Context): Jurisdiction =>
  jurisdictions.of(country ?? self.country);

/** Who speaks about the items of a report: names, and the hotline that may overrule a national verdict. */
export function voicesFor(context: Context, report: Located): Voices {
  const { member, by } = competence(context, report);
  const nameOf = (id: string) => (id === context.self.id ? context.self.name : labelOf(context, id).name);
  return { nameOf, hostingHotline: by === "hosting-country" ? member : undefined };
}
