/**
 * Draws the plots of docs/simulations.md from what the model printed.
 *
 *     npm run simulate -- growth --most 1000 --json | tee docs/measured/simulations.txt
 *     npm run plots
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Report } from "../simulations/model/index.ts";
import { drawLogLog, type Plot, type Series } from "./plots/log-log.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const usualRate = 100;
const usualMembers = 200;

const text = await readFile(`${root}docs/measured/simulations.txt`, "utf8");
const reports = text
  .split("\n")
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line) as Report);
const bySize = reports.filter(({ recordsPerDay }) => recordsPerDay === usualRate);
const byRate = reports
  .filter(({ members }) => members === usualMembers)
  .toSorted((a, b) => a.recordsPerDay - b.recordsPerDay);

const line = (
  name: string,
  of: readonly Report[],
  x: (one: Report) => number,
  y: (one: Report) => number,
): Series => ({
  name,
  points: of.map((one) => [x(one), y(one)] as const).filter(([, value]) => value > 0),
});
const overSize = (name: string, y: (one: Report) => number) => line(name, bySize, (one) => one.members, y);
const overRate = (name: string, y: (one: Report) => number) =>
  line(name, byRate, (one) => one.recordsPerDay, y);
const megabytes = (bytes: number) => bytes / 1e6;
const seconds = (time: number) => time / 1000;

const plots: Readonly<Record<string, Plot>> = {
  "advert-everywhere": {
    title: "Until an advert is everywhere",
    x: "members",
    y: "seconds",
    series: [
      overSize("half of the members", ({ spreading }) => seconds(spreading.half)),
      overSize("all of them", ({ spreading }) => seconds(spreading.all)),
      overSize("all, those away once back", ({ withAbsent }) => seconds(withAbsent.all)),
      overSize("proof of a fork", ({ fork }) => seconds(fork)),
    ],
  },
  "bytes-a-day": {
    title: "What a node sends in a day, everybody with one feed and 100 records a day",
    x: "members",
    y: "megabytes a day",
    series: [
      overSize("hellos without heads", ({ traffic }) => megabytes(traffic.hellos)),
      overSize("heads of feeds in hellos", ({ traffic }) => megabytes(traffic.heads)),
      overSize("adverts", ({ traffic }) => megabytes(traffic.adverts)),
      overSize("membership", ({ traffic }) => megabytes(traffic.membership)),
    ],
  },
  "week-away": {
    title: "Catching up after a week away, one in ten lying",
    x: "members",
    y: "seconds",
    series: [
      overSize("everybody honest", ({ week }) => seconds(week.time)),
      overSize("withholding", ({ lying }) => seconds(lying.withhold.week.time)),
      overSize("not answering", ({ lying }) => seconds(lying.stall.week.time)),
      overSize("altering", ({ lying }) => seconds(lying.wrong.week.time)),
    ],
  },
  "growth-of-adverts": {
    title: "200 members, by what each publishes",
    x: "records a day and member",
    y: "megabytes, seconds",
    series: [
      overRate("adverts sent, MB a day", ({ traffic }) => megabytes(traffic.adverts)),
      overRate("a week's adverts, MB", ({ week }) => megabytes(week.bytes)),
      overRate("a week's adverts, seconds", ({ week }) => seconds(week.time)),
    ],
  },
};

await mkdir(`${root}docs/images/plots`, { recursive: true });
for (const [name, plot] of Object.entries(plots))
  await writeFile(`${root}docs/images/plots/${name}.svg`, drawLogLog(plot));
