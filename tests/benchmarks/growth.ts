/**
 * How the costs of daily work grow with the reports in the store: the same work at 100, 1,000, 10,000 and 100,000 reports,
 * each against its cost at 100. A cost that does not depend on the others' reports keeps a ratio of about 1.
 */
import type { Route } from "../../node/accounts/index.ts";
import { openWorkplace, caller, hostOf, LARGE_SITE, type Workplace } from "./casework.ts";
import { costOf, rest } from "./cpu.ts";
import { finding, median, type Report } from "./line.ts";
import { foundHotlines, inTemporaryFolder, openMember } from "./members.ts";

const SIZES = [100, 1000, 10_000, 100_000] as const;
const ROUNDS = 3;
/** More than a page of the queue; filing some while warming up makes them 100. */
const BEGINNING = 60;

interface Work {
  readonly name: string;
  readonly times: number;
  readonly does: (workplace: Workplace) => (at: number) => unknown;
}

const works: readonly Work[] = [
  { name: "filing a report", times: 20, does: ({ file }) => file },
  {
    name: "first page of the queue",
    times: 10,
    does: (workplace) => {
      const list = reportsRoute(workplace);
      return () => list({ state: "to-classify", limit: 50 });
    },
  },
  {
    name: "search by reference",
    times: 50,
    does: (workplace) => {
      const list = reportsRoute(workplace);
      const year = new Date().getUTCFullYear();
      const reference = (report: number) => `AA-${year}-${String(report + 1).padStart(6, "0")}`;
      return (at) => list({ q: reference(spread(workplace, at)), limit: 50 });
    },
  },
  {
    name: "search by host",
    times: 20,
    does: (workplace) => {
      const list = reportsRoute(workplace);
      // Not one of the tenth that the large site has.
      const report = (at: number) => Math.floor(spread(workplace, at) / 10) * 10 + 1;
      return (at) => list({ q: hostOf(report(at)), limit: 50 });
    },
  },
  {
    name: "search by a large site, 5 of its hits",
    times: 50,
    does: (workplace) => {
      const list = reportsRoute(workplace);
      return () => list({ q: LARGE_SITE, limit: 5 });
    },
  },
  {
    name: "opening a report",
    times: 50,
    does: (workplace) => (at) =>
      workplace.casework.detail(workplace.member.commit, idAt(workplace, at), caller),
  },
  {
    name: "appending to the ledger",
    times: 50,
    does:
      ({ member }) =>
      (at) =>
        member.commit.run((unit) =>
          unit.record({ kind: "benchmark", subject: [`benchmark ${at}`], actor: "node", detail: { at } }),
        ),
  },
  {
    name: "custody of a report, proved",
    times: 20,
    does: (workplace) => (at) => workplace.member.ledger.verify(idAt(workplace, at)),
  },
];

export async function benchGrowth(report: Report): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const [configurationFile] = await foundHotlines(folder);
    const member = await openMember(configurationFile);
    const workplace = openWorkplace(member);
    await workplace.fillTo(BEGINNING);
    const atFirst = new Map<string, number>();
    // The compiler has its say before the first figure: the others are held against that one.
    for (const work of works) await measure(work, workplace);
    for (const size of SIZES) {
      await workplace.fillTo(size);
      await rest();
      for (const work of works) {
        const cost = await measure(work, workplace);
        if (!atFirst.has(work.name)) atFirst.set(work.name, cost);
        const name = `${work.name}, ${size.toLocaleString("en")} reports`;
        const first = atFirst.get(work.name) ?? NaN;
        report(finding(name, [cost, first], { unit: "µs of CPU", against: "with 100 reports" }));
      }
    }
    await member.federation.stop();
    await member.close();
  });
}

/** The first round is not counted: it finds nothing in memory. */
async function measure({ times, does }: Work, workplace: Workplace): Promise<number> {
  const work = does(workplace);
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++)
    rounds.push(await costOf(times, (at) => work(round * times + at)));
  return median(rounds.slice(1));
}

/** Far apart in the store, so that nothing is found in memory because it was just read. */
const spread = ({ ids }: Workplace, at: number) => (at * 7919 + 31) % ids.length;
const idAt = (workplace: Workplace, at: number) => workplace.ids[spread(workplace, at)] ?? "";

type Query = Record<string, unknown>;

function reportsRoute({ casework }: Workplace): (query: Query) => Promise<unknown> {
  const route = casework.reportRoutes().find(({ method, path }) => method === "GET" && path === "/reports");
  if (!route) throw new Error("Casework offers no list of reports.");
  return async (query) => answerOf(route, query);
}

const answerOf = (route: Route, query: Query) =>
  route.handler({
    caller,
    params: {},
    query,
    body: undefined,
    signal: new AbortController().signal,
  } as never);
