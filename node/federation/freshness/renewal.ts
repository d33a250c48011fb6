/** When freshness is renewed: holders of keys take turns in the order of their keys, each after the silence of the one before. */
import { fileHash, type Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import type { FederationSettings } from "../../configuration/index.ts";
import type { Jobs } from "../../jobs/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { DelegatedKey } from "../ceremony.ts";
import type { Cosigning } from "./cosigning.ts";
import { countingKeys, delegated, keepKeys, turnOf } from "./keys.ts";

const KIND = "federation.freshness";

export interface RenewalServices {
  readonly trust: () => Trust;
  readonly cosigning: Cosigning;
  readonly intervals: Pick<FederationSettings["intervals"], "freshness" | "freshnessTurn">;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

export interface Renewal {
  start(): Promise<void>;
  /** A new roster needs a new freshness file at once. */
  membershipChanged(): Promise<void>;
  /** Keeps delegated freshness keys: from then on this node takes its turn, and signs with the others. */
  hold(keys: readonly DelegatedKey[]): Promise<void>;
}

export function createRenewal(services: RenewalServices): Renewal {
  const { trust, cosigning, intervals, commit, jobs, clock } = services;
  /** The roster held, and when it was first seen here: its own date is that of its drafting. */
  let seen = { hash: "", at: 0 };

  /** When this node's turn comes. */
  function due(keys: readonly DelegatedKey[]): number {
    const { roster, freshness } = trust();
    const hash = roster ? fileHash(roster.file) : "";
    if (hash !== seen.hash) seen = { hash, at: clock.now() };
    const pinned = freshness?.value.rosterHash === hash;
    const since = pinned ? freshness.value.created + intervals.freshness : seen.at;
    return since + turnOf(trust(), keys, clock.now()) * intervals.freshnessTurn;
  }

  /** Proposes if it is time. Gives when to look again. */
  async function look(): Promise<number> {
    const keys = await countingKeys(commit, trust(), clock.now());
    if (keys.length === 0) return clock.now() + intervals.freshness;
    if (clock.now() >= due(keys)) await cosigning.propose();
    const next = due(keys);
    return next > clock.now() ? next : clock.now() + intervals.freshnessTurn;
  }

  const plan = (unit: Unit, at: number) => jobs.schedule(unit, { kind: KIND, id: "upkeep", at, payload: {} });

  jobs.register(
    KIND,
    async () => {
      const at = await look();
      return (unit) => plan(unit, at);
    },
    // Without end: given up for good, the federation would run out.
    { gaveUp: (unit) => plan(unit, clock.now() + intervals.freshnessTurn) },
  );

  return {
    async start() {
      await commit.run(async (unit) => {
        if ((await unit.count(delegated)) > 0) plan(unit, clock.now());
      });
    },
    async membershipChanged() {
      const { roster, freshness } = trust();
      if (!roster || freshness?.value.rosterHash === fileHash(roster.file)) return;
      const keys = await countingKeys(commit, trust(), clock.now());
      if (keys.length > 0) await commit.run((unit) => plan(unit, due(keys)));
    },
    async hold(keys) {
      await commit.run((unit) => {
        keepKeys(unit, keys);
        plan(unit, clock.now());
      });
    },
  };
}
