/**
 * Five organisations, a process for each, on a network that a schedule disturbs. One federation plays many schedules, one
 * after another: each begins with a healed network and members that hold the same, and must end so.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foundFederation, type DemoMember, type DevFederation } from "../../node/demo/index.ts";
import { createChooser } from "../chooser.ts";
import { createNetwork, homeOf, shownAddressOf } from "../network/index.ts";
import { expectConverged } from "./check.ts";
import { play, type Stage } from "./play.ts";
import { createMemberProcess } from "./process.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";

export interface FaultFederation {
  /** Plays what this seed makes. Throws when anything is lost, doubled or different anywhere; the message has the schedule. */
  play(seed: string): Promise<Schedule>;
  stop(): Promise<void>;
  /** The folders of the members, for looking into them once it is stopped. */
  readonly members: DevFederation;
  /** Removes everything. */
  remove(): Promise<void>;
}

export interface FaultOptions {
  /** Milliseconds of faults in each play. */
  readonly lasts: number;
  readonly progress?: (sentence: string) => void;
}

const members = [
  { key: "hotline-a", name: "Hotline A", country: "XA", kind: "hotline" },
  { key: "hotline-b", name: "Hotline B", country: "XB", kind: "hotline" },
  { key: "hotline-c", name: "Hotline C", country: "XC", kind: "hotline" },
  { key: "police-b", name: "Police of B", country: "XB", kind: "lea" },
  { key: "interpol", name: "INTERPOL", country: "international", kind: "interpol" },
].map((member) => ({ ...member, people: [], port: 0 })) as readonly DemoMember[];

/** So that what a real network takes minutes to notice shows within a play. */
const impatient = {
  silence: "8s",
  strangerTime: "8s",
  dialTimeout: "4s",
  upgradeTimeout: "4s",
  openTimeout: "4s",
};

export async function startFaultFederation({ lasts, progress }: FaultOptions): Promise<FaultFederation> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-faults-"));
  const chance = createChooser("jitter");
  const network = createNetwork(() => chance.between(0, 1000) / 1000);
  const federation = await foundFederation({
    folder,
    members,
    ...(progress && { progress }),
    settings: () => ({ decode: { children: 1 }, federation: { limits: impatient } }),
    endpoint: (member, port) => {
      const place = members.indexOf(member);
      return {
        listen: `/ip4/${homeOf(place)}/tcp/${port}`,
        announce: `/ip4/${shownAddressOf(place)}/tcp/${port}`,
      };
    },
  });
  const { nodes } = federation;
  const stage: Stage = {
    network,
    memberIds: nodes.map(({ memberId }) => memberId),
    processes: nodes.map(({ configurationFile, member }, place) =>
      createMemberProcess(configurationFile, place, join(folder, `${member.key}.log`)),
    ),
  };
  await Promise.all(nodes.map(({ p2pPort }, place) => network.serve(place, p2pPort)));
  progress?.(`Starting ${nodes.length} processes; logs are in ${folder}.`);
  await Promise.all(stage.processes.map((process) => process.start()));
  return {
    members: federation,
    async play(seed) {
      const schedule = scheduleOf(seed, members, lasts);
      try {
        await play(schedule, stage);
        await expectConverged(schedule, stage, members);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n\n${told(schedule)}\n\nLogs: ${folder}`, {
          cause: error,
        });
      }
      return schedule;
    },
    async stop() {
      await Promise.all(stage.processes.map((process) => process.stop()));
      await network.stop();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The schedule in words, and the command that plays it again. */
function told({ seed, lasts, happenings }: Schedule): string {
  const lines = happenings
    .filter((one) => one.do !== "weather")
    .map(({ at, ...one }) => `${String(at).padStart(6)} ms  ${JSON.stringify(one).slice(0, 200)}`);
  const command = `npm run simulate -- faults --seed "${seed}" --seconds ${lasts / 1000}`;
  return [`The schedule of seed ${seed}:`, ...lines, `Play it again with: ${command}`].join("\n");
}
