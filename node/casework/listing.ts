/** Lists of reports, a page at a time. */
import { blind, type Reader } from "../store/index.ts";
import { items, reports, searchWord, type Report, type ReportState } from "./records.ts";

export interface ReportQuery {
  state?: ReportState | undefined;
  /** A reference, URL, host or SHA-256: exact words, since nothing readable is indexed. */
  q?: string | undefined;
  after?: string | undefined;
  limit: number;
}

interface Page {
  found: Report[];
  /** Give it as `after` for the next page; absent on the last. */
  next?: string;
}

/** A state's queue in its order, the hits of a search, or everything with the newest first. */
export async function listReports(reader: Reader, query: ReportQuery): Promise<Page> {
  if (query.q !== undefined && query.q.trim() !== "") return search(reader, query.q, query);
  const { after, limit, state } = query;
  const order = state ? { index: "queue", prefix: [state] } : { index: "received", reverse: true };
  const found: Report[] = [];
  let last: string | undefined;
  for await (const { value, cursor } of reader.list(reports, {
    ...order,
    limit: limit + 1,
    ...(after && { after }),
  })) {
    if (found.length === limit) return { found, ...(last !== undefined && { next: last }) };
    found.push(value);
    last = cursor;
  }
  return { found };
}

async function search(reader: Reader, words: string, { state, limit }: ReportQuery): Promise<Page> {
  const word = searchWord(words);
  const found = new Map<string, Report>();
  const add = (report: Report | undefined) => {
    if (report && (state === undefined || report.state === state)) found.set(report.id, report);
  };
  for await (const { value } of reader.list(reports, { index: "words", prefix: [blind(word)] })) add(value);
  if (/^[0-9a-f]{32}$/u.test(word)) add(await reader.get(reports, word));
  if (/^[0-9a-f]{64}$/u.test(word))
    for await (const { value } of reader.list(items, { index: "sha256", prefix: [blind(word)] }))
      add(await reader.get(reports, value.report));
  return { found: [...found.values()].slice(0, limit) };
}
