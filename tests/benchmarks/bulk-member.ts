/** The process of one member in the benchmarks of material and throughput: a node without desk, that says and gives. */
import { systemRandom, hex, unhex } from "@wardline/protocol/encoding";
import { answerQuestions } from "./children.ts";
import { cpuOfProcess } from "./cpu.ts";
import { openMember, type Member } from "./members.ts";
import { say, type Load } from "./saying.ts";

const MiB = 2 ** 20;
const ENVELOPES = "/wardline/envelope/1";

/** What a grant says, so that it survives JSON. */
export interface GrantTold {
  readonly id: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly sealedBytes: number;
}

let opened: Member | undefined;

function member(): Member {
  if (opened) return opened;
  throw new Error("The member was not started.");
}

export const questions = {
  start: async (configurationFile: string): Promise<string> => {
    opened = await openMember(configurationFile);
    // What a report does to casework is not the delivery's cost: here it is kept, receipted, and that is all.
    opened.federation.handle("report.forward", { apply: async () => undefined });
    await opened.federation.start();
    opened.jobs.start();
    return opened.federation.self.id;
  },
  connect: async (): Promise<void> => {
    const others = async () => (await member().federation.membersView()).filter(({ self }) => !self);
    while (!(await others()).some(({ connected }) => connected))
      await new Promise((resolve) => setTimeout(resolve, 20));
  },
  /** Stores an item of so many MiB, and grants it to the member. */
  grant: async ({ size, to }: { size: number; to: string }): Promise<GrantTold> => {
    const { vault, commit, federation } = member();
    const item = await vault.put(bytesOf(size * MiB));
    const id = hex(systemRandom(16));
    const key = hex(await vault.grantKey(item.id, id));
    const expires = Date.now() + 3_600_000;
    await commit.run((unit) => federation.material.offer(unit, { grant: id, item: item.id, to, expires }));
    const sealedBytes = await vault.grantSize(item.id);
    return { id, key, sha256: item.sha256, bytes: item.size, sealedBytes };
  },
  /** Milliseconds until the item is whole, verified and in place. */
  fetch: async ({ from, grant }: { from: string; grant: GrantTold }): Promise<number> => {
    const { vault, federation } = member();
    const started = performance.now();
    const receiving = await vault.receive({ ...grant, key: unhex(grant.key) });
    await federation.material.fetch(from, grant, receiving);
    const { id } = await receiving.finish();
    const took = performance.now() - started;
    await vault.shred(id);
    return took;
  },
  /** Milliseconds until so many reports are said and receipted. */
  say: async (load: Load): Promise<number> => {
    const started = performance.now();
    await say(member(), load);
    return performance.now() - started;
  },
  /** Bytes of an envelope and of its receipt on the wire, on average since the start. */
  lengths: (): { request: number; answer: number } => {
    const { requests = 1, bytesOut = 0, bytesIn = 0 } = member().federation.counts()[ENVELOPES] ?? {};
    return { request: Math.round(bytesOut / requests), answer: Math.round(bytesIn / requests) };
  },
  cpu: (): number => cpuOfProcess(),
  stop: async (): Promise<void> => {
    const { jobs, federation, close } = member();
    await jobs.stop();
    await federation.stop();
    await close();
  },
};
answerQuestions(questions);

async function* bytesOf(size: number): AsyncGenerator<Uint8Array> {
  const piece = systemRandom(MiB);
  for (let at = 0; at < size; at += MiB) yield piece.subarray(0, Math.min(MiB, size - at));
}
