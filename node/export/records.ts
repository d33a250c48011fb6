/** What is kept of exports: who wanted what for whom and why, whether it was agreed to, and what left. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import { defineCollection, type Reader } from "../store/index.ts";

export interface ExportRequest {
  id: string;
  report: string;
  reference: string;
  /** For which proceeding, on what legal ground. */
  reason: string;
  /** Whose keys the recipients are. */
  receiver: string;
  /** age recipients. */
  recipients: string[];
  /** Whether the web archives go along, which hold every file that the site sent. */
  archives: boolean;
  /** Items whose original files go along. */
  originals: string[];
  asked: number;
  /** A pseudonym of this matter. */
  by: string;
  state: "waiting" | "approved" | "refused";
  /** Until when it can be taken, once approved. */
  expires?: number;
  /** Why it was refused. */
  refusal?: string;
  /** Every package that was made of it. */
  packages: ExportPackage[];
}

export interface ExportPackage {
  at: number;
  by: string;
  /** SHA-256 over the manifest's lines, those of the custody log left out. */
  contents: string;
  files: number;
  /** Of the encrypted file, once it has left whole. */
  sent?: { bytes: number; sha256: string };
}

export const exportRequests = defineCollection<ExportRequest>("export.requests", {
  indexes: { asked: ({ asked }) => [[asked]], report: ({ report, asked }) => [[report, asked]] },
});

export function putRequest(unit: Unit, request: ExportRequest): ExportRequest {
  unit.put(exportRequests, [request.id], request);
  unit.announce({ topic: "export", id: request.id });
  return request;
}

/** @throws `export/no-such-export` */
export async function requireRequest(reader: Reader, id: string): Promise<ExportRequest> {
  const request = await reader.get(exportRequests, id);
  if (request) return request;
  throw new WardlineError("export/no-such-export", "There is no such export.", {
    advice: "Go back to the list of exports.",
  });
}
