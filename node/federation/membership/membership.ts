/** What this node believes about its federation, kept in the store: files come in, are judged one by one, and stay. */
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import {
  acceptCard,
  acceptFreshness,
  acceptInvite,
  acceptRoot,
  acceptRoster,
  acceptSuccessor,
  acceptSuspension,
  decodeTrust,
  encodeTrust,
  evidenceOf,
  inForce,
  keepEvidence,
  type Evidence,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import { keepRefusal } from "../refusals.ts";
import { fileKinds, type FileKind, type OfferedFile } from "./files.ts";

/** One record: the trust as `encodeTrust` writes it. */
const trusts = defineCollection<Uint8Array>("federation.trust");
const KEY = "trust";

const accepts: Record<FileKind, (trust: Trust, file: FederationFile, now: number) => Trust> = {
  root: acceptRoot,
  roster: acceptRoster,
  freshness: acceptFreshness,
  suspension: acceptSuspension,
  card: acceptCard,
  successor: acceptSuccessor,
};

export interface AcceptedFiles {
  /** Files that changed what we hold. */
  readonly accepted: number;
  readonly refused: readonly { readonly kind: FileKind; readonly code: string }[];
}

export interface Membership {
  trust(): Trust;
  /** Judges files in the order root, roster, freshness, suspension, card, successor; suspensions that ran out end. Durable when it resolves. */
  accept(files: readonly OfferedFile[], evidence?: readonly Evidence[]): Promise<AcceptedFiles>;
  /** Called after every change, once it is on disk. */
  onChange(listen: () => void): void;
}

/**
 * Begins the membership of a node by an invite that its operator was given and has compared. Repeating it changes nothing.
 * Throws `federation/other-federation` when the node belongs to one already, and what `acceptInvite` throws.
 */
export async function joinFederation(commit: Commit, invite: Uint8Array, now: number): Promise<void> {
  const trust = acceptInvite(invite, now);
  await commit.run(async (unit) => {
    const stored = await unit.get(trusts, KEY);
    if (!stored) unit.put(trusts, [KEY], encodeTrust(trust));
    else if (decodeTrust(stored).federationId !== trust.federationId) {
      throw new WardlineError(
        "federation/other-federation",
        "This node belongs to another federation already.",
      );
    }
  });
}

/** Throws `federation/not-joined` when the node belongs to no federation yet. */
export async function openMembership(services: {
  commit: Commit;
  clock: Clock;
  log: Log;
}): Promise<Membership> {
  const stored = await services.commit.get(trusts, KEY);
  if (!stored) {
    throw new WardlineError("federation/not-joined", "This node belongs to no federation yet.", {
      advice: "Bring it the invite file of the federation.",
    });
  }
  const listeners: (() => void)[] = [];
  let durable = decodeTrust(stored);
  /** Ahead of `durable` while a batch is on its way to the disk; units run one after another. */
  let latest = durable;

  function judge(files: readonly OfferedFile[], now: number) {
    let trust = inForce(latest, now);
    let accepted = 0;
    const refused: (OfferedFile & { code: string })[] = [];
    for (const kind of fileKinds) {
      for (const { file } of files.filter((offered) => offered.kind === kind)) {
        try {
          const next = accepts[kind](trust, file, now);
          if (next !== trust) accepted++;
          trust = next;
        } catch (error) {
          if (!isWardlineError(error)) throw error;
          const proof = evidenceOf(error);
          if (proof) trust = keepEvidence(trust, proof);
          refused.push({ kind, file, code: error.code });
        }
      }
    }
    return { trust, accepted, refused };
  }

  function withProof(trust: Trust, proof: Evidence): Trust {
    try {
      return keepEvidence(trust, proof);
    } catch (error) {
      if (isWardlineError(error)) return trust; // it proves nothing
      throw error;
    }
  }

  function store(unit: Unit, trust: Trust): void {
    unit.put(trusts, [KEY], encodeTrust(trust));
    unit.announce({ topic: "federation", id: "membership" });
    latest = trust;
    unit.afterCommit(() => (durable = trust));
  }

  return {
    trust: () => durable,
    onChange: (listen) => void listeners.push(listen),
    async accept(files, evidence = []) {
      const result = await services.commit.run(async (unit) => {
        const { trust: judged, ...outcome } = judge(files, services.clock.now());
        const trust = evidence.reduce(withProof, judged);
        for (const refusal of outcome.refused) await keepRefusal(unit, latest, refusal);
        if (trust === latest) return { ...outcome, changed: false };
        store(unit, trust);
        return { ...outcome, changed: true };
      });
      for (const { kind, code } of result.refused)
        services.log.warn({ kind, code }, "membership file refused");
      if (result.changed) for (const listen of listeners) listen();
      return { accepted: result.accepted, refused: result.refused.map(({ kind, code }) => ({ kind, code })) };
    },
  };
}
