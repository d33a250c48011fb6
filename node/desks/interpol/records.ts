/** What INTERPOL keeps: every contribution with its author, folded by the file's SHA-256, and its requests for material. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Verdict } from "@wardline/protocol/vocabulary";
import type { Matter } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { blind, defineCollection, type Reader } from "../../store/index.ts";

/** One member's offer of one item of one report. */
export interface Contribution {
  sha256: string;
  member: string;
  report: { id: string; reference: string };
  item: string;
  url: string;
  at: number;
  held: boolean;
}

/** One file, by whomever it was offered. */
export interface OfferedFile {
  sha256: string;
  verdict: Verdict;
  mime: string;
  bytes: number;
  received: number;
  /** The request that counts now. */
  request?: string;
  outcome?: string;
  series?: string;
  /** Its name in the vault once it has arrived and verified. */
  material?: string;
}

export interface Request {
  id: string;
  sha256: string;
  member: string;
  report: { id: string; reference: string };
  item: string;
  purpose: string;
  legalBasis: string;
  at: number;
  state: "requested" | "granted" | "verified" | "refused" | "ended" | "cancelled";
  grant?: PayloadOf<"material.grant">;
  /** Why it was refused or ended, for people. */
  reason?: string;
}

export const contributions = defineCollection<Contribution>("interpol.contributions", {
  indexes: { report: ({ report }) => [[report.id]] },
});
export const files = defineCollection<OfferedFile>("interpol.files", {
  indexes: { received: (file) => [[file.received]] },
});
export const requests = defineCollection<Request>("interpol.requests", {});

export const fileKey = (sha256: string) => [blind(sha256)] as const;

export function putFile(unit: Unit, file: OfferedFile): OfferedFile {
  unit.put(files, fileKey(file.sha256), file);
  unit.announce({ topic: "contribution", id: file.sha256 });
  return file;
}

/** @throws `desks/no-such-contribution` */
export async function requireFile(reader: Reader, sha256: string): Promise<OfferedFile> {
  const file = await reader.get(files, ...fileKey(sha256));
  if (file) return file;
  throw new WardlineError("desks/no-such-contribution", "Nobody has offered this file.", {
    advice: "Go back to the inbox.",
  });
}

/** A contributed report as what a conversation can be about: with its contributor. */
export async function contributedMatter(reader: Reader, id: string): Promise<Matter | undefined> {
  const options = { index: "report", prefix: [id], limit: 1 };
  for await (const { value } of reader.list(contributions, options)) {
    const { report, sha256, member } = value;
    return { report, where: "contribution", id: sha256, members: [member] };
  }
  return undefined;
}

/** Everybody's offers of a file, the first offer first. */
export async function contributionsOf(reader: Reader, sha256: string): Promise<Contribution[]> {
  const found: Contribution[] = [];
  for await (const { value } of reader.list(contributions, { prefix: fileKey(sha256) })) found.push(value);
  return found.sort((a, b) => a.at - b.at);
}
