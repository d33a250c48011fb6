/**
 * Draws the plots of docs/hashing.md from what `npm run bench -- --json` printed.
 *
 *     npm run bench -- peers growth … --json | tee docs/measured/hashing.txt
 *     npm run plots
 *
 * Each line of a plot is a family of findings whose names differ only in a number of hashes:
 * `Hamming query, 1,000,000 random hashes, against faiss Flat`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { drawLogLog, type Series } from "./plots/log-log.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pattern = /^Hamming query, ([\d,]+) (\w+) hashes, (.+)$/;

interface Finding {
  readonly name: string;
  readonly ours: number;
  readonly other: number;
  readonly unit: string;
}

const text = await readFile(`${root}docs/measured/hashing.txt`, "utf8");
const findings = text
  .split("\n")
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line) as Finding);

await mkdir(`${root}docs/images/plots`, { recursive: true });
for (const data of ["random", "clustered"]) {
  const series = seriesOf(data);
  if (series.length === 0) continue;
  const svg = drawLogLog({
    title: `Everything within 31 bits, ${data} hashes`,
    x: "hashes in the index",
    y: "microseconds a query, one thread",
    series,
  });
  await writeFile(`${root}docs/images/plots/query-${data}.svg`, svg);
}

/** Ours and every peer, each with its points by number of hashes. */
function seriesOf(data: string): Series[] {
  const points = new Map<string, [number, number][]>();
  const add = (name: string, x: number, y: number) => {
    const held = points.get(name) ?? [];
    if (!held.some(([at]) => at === x)) points.set(name, [...held, [x, y]]);
  };
  for (const { name, ours, other } of findings) {
    const [, count, kind, rest] = pattern.exec(name) ?? [];
    if (count === undefined || kind !== data || rest === undefined) continue;
    const hashes = Number(count.replaceAll(",", ""));
    const [figure, peer] = rest.startsWith("against ") ? ["", rest.slice(8)] : rest.split(", against ");
    add(figure ? `Wardline, ${figure}` : "Wardline", hashes, ours);
    if (peer !== undefined) add(peer, hashes, other);
  }
  return [...points].map(([name, held]) => ({ name, points: held.toSorted(([a], [b]) => a - b) }));
}
