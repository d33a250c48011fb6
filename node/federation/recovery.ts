/**
 * A node that was restored from a backup, or whose disk was rolled back. It asks the other members for its own newest
 * blocks and signs nothing but its card, until a person decides how it goes on (`wardline restore`): whatever it signed
 * from an older state could contradict what it signed before and has forgotten.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Commit, Unit } from "../commit/index.ts";
import { defineCollection, type Reader } from "../store/index.ts";
import type { Clock, Log } from "../telemetry/index.ts";
import { beginEpoch, epochOf, isEpochFresh, tellEpochOnce } from "./epochs.ts";
import { feedStates } from "./feeds/collections.ts";
import type { Link } from "./hello/links.ts";

/** What showed it: no sealing keys, which no backup holds; a ledger behind its checkpoint; own blocks that members had. */
export type RestoreSign = "sealing-keys" | "ledger" | "newer-blocks";

interface Mark {
  readonly since: number;
  readonly sign: RestoreSign;
  /** Something that was signed is not here, or was not: only another epoch is safe. */
  readonly lost: boolean;
}

/** One record, while the node waits for the decision. */
const marks = defineCollection<Mark>("federation.restored");

/** Members that were asked since, and the epoch of ours that they know. Key: member. */
const heard = defineCollection<{ readonly at: number; readonly epoch: number }>("federation.restored.heard");

/** A member that names more than so many epochs beyond ours is not believed: each one is a person's decision. */
const BELIEVABLE = 1000;

export interface Recovery {
  /** `ledger/restored` while nothing may be signed. */
  problem(): WardlineError | undefined;
  /** Something shows that the node was restored. From here on nothing is signed. */
  found(unit: Unit, sign: RestoreSign): Promise<void>;
  /**
   * Looks for what shows it at start: `bare`, no sealing keys at a node that has a card (a backup holds none), and a ledger behind
   * its checkpoint.
   */
  look(signs: {
    readonly bare: boolean;
    readonly ledger: { readonly code: string } | undefined;
  }): Promise<void>;
  /** The first entry and the first blocks of an epoch say where the one before ended; `open` makes the blocks. */
  tellEpoch(open: (unit: Unit) => Promise<readonly object[]>): Promise<void>;
  /** A member was asked: its hello came, and what it had of ours was pulled. */
  heard(link: Link): Promise<void>;
}

export async function openRecovery(services: {
  readonly commit: Commit;
  readonly clock: Clock;
  readonly log: Log;
  /** Told at once, and again at every start until it is decided. */
  readonly onRestored: (problem: WardlineError) => void;
}): Promise<Recovery> {
  const { commit } = services;
  let problem: WardlineError | undefined;

  function halt(): void {
    if (problem) return;
    problem = restored();
    services.log.error({ code: problem.code }, "the node was restored and signs nothing");
    services.onRestored(problem);
  }

  async function found(unit: Unit, sign: RestoreSign): Promise<void> {
    const mark = await unit.get(marks);
    const lost = sign !== "sealing-keys";
    if (mark && (mark.lost || !lost)) return;
    unit.put(marks, [], { since: mark?.since ?? unit.now, sign, lost });
    unit.afterCommit(halt);
  }

  if (await commit.has(marks)) halt();
  return {
    problem: () => problem,
    found,
    async look({ bare, ledger }) {
      if (bare && !(await isEpochFresh(commit))) await commit.run((unit) => found(unit, "sealing-keys"));
      if (ledger?.code === "ledger/rolled-back") await commit.run((unit) => found(unit, "ledger"));
    },
    async tellEpoch(open) {
      await commit.run(async (unit) => {
        if (!(await tellEpochOnce(unit))) return;
        const detail = { epoch: await epochOf(unit), ends: await open(unit) };
        unit.record({ kind: "epoch.opened", subject: [], actor: "node", detail });
      });
    },
    async heard({ member, theirs }) {
      if (!problem) return;
      const { epoch } = theirs.received;
      await commit.run((unit) => unit.put(heard, [member], { at: unit.now, epoch }));
    },
  };
}

/** What is known of a restored node, for the person who decides. */
export interface RestoreView {
  readonly epoch: number;
  /** Undefined: nothing shows that it was restored. */
  readonly mark: Mark | undefined;
  readonly heard: ReadonlyMap<MemberId, number>;
}

export async function viewRestore(reader: Reader): Promise<RestoreView> {
  const asked = (await Array.fromAsync(reader.list(heard))).map(
    ({ key, value }) => [String(key[0]), value.at] as const,
  );
  return { epoch: await epochOf(reader), mark: await reader.get(marks), heard: new Map(asked) };
}

/** The node goes on in a new epoch, higher than every one that it or a member knows of. Returns its number. */
export async function openNextEpoch(unit: Unit, self: MemberId): Promise<number> {
  const ours = await epochOf(unit);
  const known = [ours];
  for await (const { value } of unit.list(feedStates))
    if (value.author === self) known.push(value.head.epoch);
  for await (const { value } of unit.list(heard)) known.push(value.epoch);
  const next = Math.max(...known.filter((epoch) => epoch <= ours + BELIEVABLE)) + 1;
  beginEpoch(unit, next);
  await settle(unit);
  return next;
}

/** The node goes on where it is. Throws `restore/something-lost` when that would contradict what it signed before. */
export async function continueEpoch(unit: Unit): Promise<void> {
  if ((await unit.get(marks))?.lost)
    throw new WardlineError(
      "restore/something-lost",
      "Something that this node signed was not in the backup.",
      {
        advice: "Open a new epoch: wardline restore --open-epoch.",
      },
    );
  await settle(unit);
}

async function settle(unit: Unit): Promise<void> {
  unit.delete(marks, []);
  for await (const { key } of unit.list(heard)) unit.delete(heard, key);
}

const restored = () =>
  new WardlineError("ledger/restored", "This node was restored, and may lack what it has signed since.", {
    advice:
      "Let it run until it has met the other members, stop it, and decide with `wardline restore` how it goes on.",
  });
