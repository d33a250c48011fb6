/**
 * The two-person rule. An approval belongs to a purpose and a subject ("material.grant", a request's id) and counts once
 * per person and once per sign-in, while its person is active and it is not too old.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import { defineCollection, type Reader } from "../store/index.ts";
import type { Caller } from "./caller.ts";
import { people } from "./people.ts";

export interface ApprovalSettings {
  /** Different people it takes. */
  readonly needed: number;
  /** Milliseconds after which an approval that stayed alone no longer counts. */
  readonly lifetime: number;
}

export interface Approval {
  readonly person: string;
  readonly name: string;
  readonly at: number;
}

export interface ApprovalSubject {
  readonly purpose: string;
  readonly subject: string;
}

export interface Approvals {
  readonly needed: number;
  /**
   * Adds the caller's approval. `complete` is true for the one that makes the number full; act on it in the same unit.
   * @throws `accounts/second-person-needed` when this person, or this sign-in, has approved already
   */
  approve(
    unit: Unit,
    request: ApprovalSubject & { caller: Caller },
  ): Promise<{ approvals: Approval[]; complete: boolean }>;
  /** The approvals that count at `now`, oldest first. */
  of(reader: Reader, subject: ApprovalSubject, now: number): Promise<Approval[]>;
  /** Why this caller cannot approve (again), in a sentence; undefined when they can. */
  blocked(
    reader: Reader,
    request: ApprovalSubject & { caller: Caller },
    now: number,
  ): Promise<string | undefined>;
}

interface StoredApproval extends ApprovalSubject, Approval {
  readonly session: string;
}

const approvals = defineCollection<StoredApproval>("approvals", {});

export function createApprovals({ needed, lifetime }: ApprovalSettings): Approvals {
  async function counting(reader: Reader, { purpose, subject }: ApprovalSubject, now: number) {
    const found: StoredApproval[] = [];
    for await (const { value } of reader.list(approvals, { prefix: [purpose, subject] })) {
      const person = await reader.get(people, value.person);
      if (person && person.disabled === undefined && now - value.at < lifetime) found.push(value);
    }
    return found.sort((a, b) => a.at - b.at);
  }

  function obstacle(given: readonly StoredApproval[], caller: Caller): string | undefined {
    if (given.some(({ person }) => person === caller.person.id)) return "You have approved this already.";
    if (given.some(({ session }) => session === caller.session))
      return "This sign-in has approved this already.";
    return undefined;
  }

  return {
    needed,
    async approve(unit, { purpose, subject, caller }) {
      const given = await counting(unit, { purpose, subject }, unit.now);
      const reason = obstacle(given, caller);
      if (reason !== undefined) {
        throw new WardlineError("accounts/second-person-needed", reason, {
          advice: "Ask another person to approve it from a sign-in of their own.",
        });
      }
      const { id: person, name } = caller.person;
      const approval = { purpose, subject, person, name, session: caller.session, at: unit.now };
      unit.put(approvals, [purpose, subject, person], approval);
      const all = [...given, approval];
      return { approvals: all.map(shown), complete: all.length === needed };
    },
    async of(reader, subject, now) {
      return (await counting(reader, subject, now)).map(shown);
    },
    async blocked(reader, { caller, ...subject }, now) {
      return obstacle(await counting(reader, subject, now), caller);
    },
  };
}

function shown({ person, name, at }: StoredApproval): Approval {
  return { person, name, at };
}
