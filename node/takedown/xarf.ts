/** One XARF v4 report for one URL. */
import { createHash } from "node:crypto";
import type { Verdict } from "@wardline/protocol/vocabulary";
import type { MappedLabel } from "../jurisdiction/index.ts";
import { xarfDomain, xarfSchema, type Xarf } from "./xarf-schema.ts";

export interface NoticeSender {
  /** Name of the organisation; never of a person. */
  org: string;
  contact: string;
  domain: string;
}

/** What a notice says of one item. */
export interface NoticedItem {
  url: string;
  kind: "image" | "video";
  /** Only where the settings let notices name hashes. */
  digests?: { sha256: string; sha1?: string; md5?: string };
  verdict: Verdict;
  mapped: MappedLabel;
  /** Whether a person looked, or the file was recognised by its hash. */
  seen: boolean;
  /** When the URL was last fetched and found to hold the same bytes, milliseconds. */
  verifiedAt: number;
}

export interface NoticeHosting {
  address?: string | undefined;
  country?: string | undefined;
  asn?: number | undefined;
  provider?: string | undefined;
}

/** Builds and checks the report. `id` makes the report id: the same notice sent twice names the same reports. */
export function xarfReport(
  id: string,
  item: NoticedItem,
  hosting: NoticeHosting,
  sender: NoticeSender,
): Xarf {
  const { hostname } = new URL(item.url);
  const domain = xarfDomain(hostname);
  const verifiedAt = new Date(item.verifiedAt).toISOString();
  return xarfSchema.parse({
    xarf_version: "4.2.0",
    report_id: uuidOf(`${id}|${item.url}`),
    timestamp: verifiedAt,
    reporter: sender,
    sender,
    source_identifier: hosting.address ?? hostname,
    category: "content",
    type: "csam",
    url: item.url,
    ...(domain && { domain }),
    classification: item.mapped.label,
    detection_method: item.seen ? "manual_review" : "hash_match",
    media_type: item.kind,
    ...(item.digests && { hash_values: item.digests }),
    verified_at: verifiedAt,
    verification_method: "automated_crawler",
    evidence_source: "researcher_analysis",
    ...(hosting.provider && { hosting_provider: hosting.provider }),
    ...(hosting.asn && { asn: hosting.asn }),
    ...(hosting.country && { country_code: hosting.country }),
    description: describe(item),
    tags: [`verdict:${item.verdict}`, item.mapped.exact ? "mapping:exact" : "mapping:lossy"],
  });
}

/** The original label always travels along; where XARF has no word for it, the text says so. */
function describe({ mapped }: NoticedItem): string {
  const { label, vocabulary } = mapped.original;
  const original = `Verdict of the notifying hotline: ${label} (${vocabulary.id} ${vocabulary.version}).`;
  if (mapped.exact) return original;
  return `${original} XARF has no word for it; "${mapped.label}" stands in and says nothing about severity.`;
}

/** A UUID in v4 form from a name, so that a repeated notice is recognised as the same. */
function uuidOf(name: string): string {
  const bytes = createHash("sha256").update(`wardline/xarf\0${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
