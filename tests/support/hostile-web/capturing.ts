/**
 * A process that captures one address and says what came of it: its memory is that of a capture and nothing else. Called with
 * JSON: {folder, url, allow, limits}. Says JSON: {kept, refused, cut, rss}; `rss` in bytes, the most there ever was.
 */
import { openCaptures } from "../captures.ts";
import { hostileResolve } from "./web.ts";

interface Order {
  folder: string;
  url: string;
  allow: string[];
  limits: Record<string, number | string>;
}

const { folder, url, allow, limits } = JSON.parse(process.argv[2] ?? "") as Order;
const { captures, close } = await openCaptures(folder, { allow, limits }, hostileResolve);
const kept: string[] = [];
const refused: string[] = [];
const pathOf = (asked: string) => (URL.canParse(asked) ? new URL(asked).pathname : asked);
const end = await captures.run("one", url, {
  signal: new AbortController().signal,
  sink: {
    page: () => Promise.resolve(),
    archived: () => Promise.resolve(),
    item: async (unit, item) => unit.afterCommit(() => void kept.push(pathOf(item.url))),
    refused: async (unit, item) => unit.afterCommit(() => void refused.push(`${item.code} ${item.url}`)),
  },
});
await close();
const rss = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ kept, refused, cut: end.cut, rss }));
