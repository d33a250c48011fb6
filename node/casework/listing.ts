/** Lists of reports, a page at a time. */
import { blind, type Entry, type Reader } from "../store/index.ts";
import { items, reports, searchWord, type Item, type Report, type ReportState } from "./records.ts";

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
  if (query.q !== undefined && query.q.trim() !== "") return search(reader, searchWord(query.q), query);
  const { after, limit, state } = query;
  const order = state ? { index: "queue", prefix: [state] } : { index: "received", reverse: true };
  return firstOf(reader.list(reports, { ...order, limit: limit + 1, ...(after && { after }) }), query);
}

/** What a person types is a word of a report, the id of one, or the SHA-256 of an item. */
async function search(reader: Reader, word: string, query: ReportQuery): Promise<Page> {
  const { after, limit, state } = query;
  const place = { prefix: [blind(word)], ...(after && { after }) };
  if (/^[0-9a-f]{64}$/u.test(word)) {
    return firstOf(reportsOf(reader, reader.list(items, { index: "sha256", ...place })), query);
  }
  const byId = !after && /^[0-9a-f]{32}$/u.test(word) ? await reader.get(reports, word) : undefined;
  if (byId) return { found: state === undefined || byId.state === state ? [byId] : [] };
  // How many hits are in another state is not known beforehand.
  const most = state === undefined ? { limit: limit + 1 } : {};
  return firstOf(reader.list(reports, { index: "words", ...place, ...most }), query);
}

type Listed = Pick<Entry<Report>, "value" | "cursor">;

/** The reports of items; an item that stands twice in one report stands there one after the other. */
async function* reportsOf(reader: Reader, found: AsyncIterable<Entry<Item>>): AsyncGenerator<Listed> {
  let last: Listed | undefined;
  for await (const { value: item, cursor } of found) {
    const again = last?.value.id === item.report;
    if (last && !again) yield last;
    const value = again ? last?.value : await reader.get(reports, item.report);
    last = value && { value, cursor };
  }
  if (last) yield last;
}

/** A page of what is in the state asked for; no more is read than one beyond it. */
async function firstOf(listed: AsyncIterable<Listed>, { state, limit }: ReportQuery): Promise<Page> {
  const found: Report[] = [];
  let last: string | undefined;
  for await (const { value, cursor } of listed) {
    if (state !== undefined && value.state !== state) continue;
    if (found.length === limit) return { found, ...(last !== undefined && { next: last }) };
    found.push(value);
    last = cursor;
  }
  return { found };
}
