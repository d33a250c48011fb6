/** A report as one hotline tells it to another, padded with items to a size. */
import { hex, systemRandom, utf8 } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";

type ReportForward = PayloadOf<"report.forward">;

/** Bytes of the frame around the payload, about. */
const FRAME_BYTES = 420;

/**
 * A `report.forward` whose statement has about `bytes` bytes, never more: as many items as fit, whose addresses have
 * `address` characters each (usual ones by default).
 */
export function reportOf(bytes: number, author: string, address = 0): ReportForward {
  const first = withItems(author, 1, address);
  const one = lengthOf(withItems(author, 2, address)) - lengthOf(first);
  const fitting = Math.floor((bytes - FRAME_BYTES - lengthOf(first)) / one);
  const report = withItems(author, 1 + Math.max(0, fitting), address);
  const left = bytes - FRAME_BYTES - lengthOf(report) - '"note":"",'.length;
  return left > 0 ? { ...report, note: "x".repeat(Math.min(left, 4000)) } : report;
}

const lengthOf = (report: ReportForward) => utf8(JSON.stringify(report)).length;

function withItems(author: string, items: number, address: number): ReportForward {
  const at = Date.now();
  const url = `https://pictures.example/gallery/${hex(systemRandom(4))}/`.padEnd(address, "x");
  return {
    report: { id: newId(), reference: "AA-2026-000017" },
    url,
    receivedAt: at,
    capturedAt: at,
    hosting: { host: "pictures.example", country: "BB", source: "database", tracedAt: at },
    items: Array.from({ length: items }, () => item(url, author, at)),
  };
}

function item(page: string, author: string, at: number): ReportForward["items"][number] {
  const facts = { age: "not-categorised", gender: "not-determined", flags: [] };
  const assessment = {
    id: newId(),
    author,
    pseudonym: newId(),
    verdict: "national",
    facts,
    basis: "seen",
    at,
  };
  return {
    ...{ id: newId(), url: `${page}${hex(systemRandom(4))}.jpg`, foundOn: page },
    ...{ kind: "image", mime: "image/jpeg", bytes: 204_800, width: 1280, height: 960 },
    digests: { sha256: hex(systemRandom(32)), pdq: hex(systemRandom(32)), quality: 100 },
    assessments: [{ ...assessment, vocabulary: { id: "wardline-core", version: "1" } }],
    agreed: { verdict: "national", rule: "single-author" },
    held: true,
  } as ReportForward["items"][number];
}

export const newId = (): string => hex(systemRandom(16));
