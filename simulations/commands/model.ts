/** `model` and `growth`: federations in simulated time, one, or many of growing size. */
import { report, type Report } from "../model/index.ts";
import { command } from "./command.ts";

export const model = command({
  summary: "A federation in simulated time: how adverts spread, what a day costs, what absence and lying do.",
  options: {
    members: { help: "members, at least 5", standard: "200", least: 5 },
    records: {
      help: "records that each member publishes in a day, in blocks of five",
      standard: "100",
      least: 1,
    },
    seed: { help: "places, absences, and who lies", standard: "1" },
  },
  example: "npm run simulate -- model --members 1000",
  run(values, { say, result }) {
    const found = report({
      members: values.count("members"),
      recordsPerDay: values.count("records"),
      seed: values.text("seed"),
    });
    result(found);
    for (const line of sentences(found)) say(line);
    return Promise.resolve(0);
  },
});

const sizes = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const rates = [1, 10, 100, 1000];

export const growth = command({
  summary:
    "The model for 5 to 5,000 members, and for 1 to 1,000 records a day: what docs/simulations.md is drawn from.",
  options: {
    most: { help: "members of the largest federation", standard: "5000", least: 5 },
    seed: { help: "places, absences, and who lies", standard: "1" },
  },
  example: "npm run simulate -- growth --most 1000 --json | tee docs/measured/simulations.txt",
  run(values, { progress, say, result }) {
    const seed = values.text("seed");
    const plays = [
      ...sizes.filter((size) => size <= values.count("most")).map((size) => [size, 100] as const),
      ...rates
        .filter((rate) => rate !== 100)
        .map((rate) => [Math.min(200, values.count("most")), rate] as const),
    ];
    for (const [members, recordsPerDay] of plays) {
      progress(`${members} members, ${recordsPerDay} records a day each.`);
      const found = report({ members, recordsPerDay, seed });
      result(found);
      for (const line of sentences(found)) say(line);
    }
    return Promise.resolve(0);
  },
});

function sentences({
  members,
  recordsPerDay,
  spreading,
  withAbsent,
  traffic,
  week,
  lying,
  fork,
}: Report): string[] {
  const { hellos, heads, adverts, membership } = traffic;
  return [
    `${members} members, each with ${recordsPerDay} records a day:`,
    `  an advert is with half of them after ${seconds(spreading.half)}, with all after ${seconds(spreading.all)}; with members away and back after ${seconds(withAbsent.all)}`,
    `  a node sends in a day: hellos ${size(hellos)} and the heads in them ${size(heads)}, adverts ${size(adverts)}, membership ${size(membership)}`,
    `  after a week away: ${size(week.bytes)} in ${seconds(week.time)}, ${week.questions} questions`,
    `  one in ten lying, the return after a week takes: withholding ${seconds(lying.withhold.week.time)}, not answering ${seconds(lying.stall.week.time)}, altering ${seconds(lying.wrong.week.time)}`,
    `  a fork is known to all after ${seconds(fork)}`,
  ];
}

const seconds = (time: number) => `${(time / 1000).toPrecision(3)} s`;

function size(bytes: number): string {
  const step = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** step).toPrecision(3)} ${["B", "kB", "MB", "GB", "TB"][step]}`;
}
