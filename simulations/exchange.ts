/** A federation of real nodes in one process, busy and disturbed; and the count of what arrived. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statementTypes, type PayloadOf } from "@wardline/protocol/statements";
import { startFederation, type DemoMember, type DevFederation, type DevNode } from "../node/demo/index.ts";
import type { NodeServices } from "../node/main.ts";
import { createChooser, type Chooser } from "./chooser.ts";

export interface SimulationOptions {
  readonly members: number;
  readonly statements: number;
  /** How many times a node goes away and returns. */
  readonly absences: number;
  readonly seed: string;
  readonly progress: (sentence: string) => void;
}

export interface Simulated {
  readonly said: number;
  readonly delivered: number;
  readonly receipted: number;
  /** Statements that had their effect more than once, or were entered more than once in the recipient's record. */
  readonly doubled: number;
  /** Statements that never arrived, by id. */
  readonly missing: readonly string[];
  readonly seconds: number;
}

interface Said {
  readonly id: string;
  readonly from: DevNode;
  readonly to: DevNode;
  readonly about: string;
}

/** How long deliveries may stand still before the simulation gives up. */
const patience = 120_000;

/** Plays it; everything that was made is removed again. */
export async function simulate(options: SimulationOptions): Promise<Simulated> {
  const { members, progress, seed } = options;
  const begun = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "wardline-simulation-"));
  try {
    const federation = await startFederation({
      folder,
      members: Array.from({ length: members }, (_, index) => memberAt(index)),
      processes: false,
      settings: () => ({ log: "silent", decode: { children: 1 } }),
      progress,
    });
    try {
      const said = await keepBusy(federation, options, createChooser(seed));
      await untilSettled(said, progress);
      return { ...(await countUp(said)), seconds: (Date.now() - begun) / 1000 };
    } finally {
      await federation.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Hotlines all of them, of two countries, as a federation needs: every hotline may send every other a report. */
function memberAt(index: number): DemoMember {
  const key = `hotline-${index + 1}`;
  return {
    key,
    name: `Hotline ${index + 1}`,
    country: index % 2 === 0 ? "XA" : "XB",
    kind: "hotline",
    people: [],
    port: 0,
  };
}

/** Statements in rounds; in some of them a node is away, and is spoken to all the same. */
async function keepBusy(
  federation: DevFederation,
  { statements, absences, progress }: SimulationOptions,
  choose: Chooser,
): Promise<Said[]> {
  const said: Said[] = [];
  const rounds = Math.max(1, absences);
  for (let round = 1; round <= rounds; round++) {
    const away = absences > 0 ? choose.one(federation.nodes) : undefined;
    await away?.stop();
    const until = Math.round((statements * round) / rounds);
    while (said.length < until) said.push(await sayOne(federation, choose));
    await away?.start();
    const who = away ? `; ${away.member.name} was away meanwhile and is back` : "";
    progress(`${said.length} of ${statements} statements said${who}.`);
  }
  return said;
}

/** One report for another hotline. Its word back finds no report here and is refused, which is an arrival like any other. */
async function sayOne({ nodes }: DevFederation, choose: Chooser): Promise<Said> {
  const from = choose.one(nodes.filter(({ running }) => running));
  const to = choose.one(nodes.filter((node) => node !== from));
  const { commit, federation } = servicesOf(from);
  const { example } = statementTypes["report.forward"];
  const about = choose.id();
  const report = { id: about, reference: `SIM-${about.slice(0, 8)}` };
  const items = example.items.map((item) => ({ ...item, id: choose.id() }));
  const payload = { ...example, report, items } as unknown as PayloadOf<"report.forward">;
  const id = await commit.run((unit) =>
    federation.say(unit, { type: "report.forward", to: [to.memberId], payload, matter: about, about }),
  );
  return { id, from, to, about };
}

function servicesOf({ services, member }: DevNode): NodeServices {
  if (services) return services;
  throw new Error(`${member.name} is not running in this process.`);
}

/** Waits as long as anything still moves. */
async function untilSettled(said: readonly Said[], progress: (sentence: string) => void): Promise<void> {
  let [waiting, since] = [Infinity, Date.now()];
  while (waiting > 0 && Date.now() - since < patience) {
    const left = (await Promise.all(said.map(isReceipted))).filter((receipted) => !receipted).length;
    if (left < waiting) [waiting, since] = [left, Date.now()];
    if (left > 0) {
      progress(`${left} without a receipt yet.`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function isReceipted({ from, about }: Said): Promise<boolean> {
  const { commit, federation } = servicesOf(from);
  const deliveries = await federation.deliveriesAbout(commit, about);
  return (
    deliveries.length === 1 && deliveries.every(({ state }) => state !== "waiting" && state !== "rejected")
  );
}

async function countUp(said: readonly Said[]): Promise<Omit<Simulated, "seconds">> {
  let [delivered, receipted, doubled] = [0, 0, 0];
  const missing: string[] = [];
  for (const one of said) {
    const times = await arrivals(one);
    if (times === 0) missing.push(one.id);
    else delivered++;
    if (times > 1) doubled++;
    if (await isReceipted(one)) receipted++;
  }
  return { said: said.length, delivered, receipted, doubled, missing };
}

/** How often the recipient's ledger says that the report came. */
async function arrivals({ id, to, about }: Said): Promise<number> {
  const { commit, ledger, federation } = servicesOf(to);
  if (!(await federation.received(commit, id))) return 0;
  const entries = await Array.fromAsync(ledger.ofSubject(commit, about));
  return entries.filter(({ kind, detail }) => kind === "statement.received" && detail["statement"] === id)
    .length;
}
