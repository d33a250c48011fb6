/**
 * A ledger's name holds federation and member, which a new node does not have yet. What happens before it joins (its first
 * people, at `wardline init`) is kept beside the ledger, and becomes its first entries when it opens.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "./commit/index.ts";
import type { Ledger, NewEntry, PreparedAppend } from "./ledger/index.ts";
import { defineCollection, putting } from "./store/index.ts";

interface EarlyEntry {
  readonly entry: NewEntry;
  readonly at: number;
}

const earlyEntries = defineCollection<EarlyEntry>("ledger.early");
/** Present once the ledger has been opened: from then on it must never be found empty. */
const begun = defineCollection<{ readonly at: number }>("ledger.begun");

export interface LateLedger {
  /** Usable by everybody from the start; everything but appending needs `open` first. */
  readonly ledger: Ledger;
  /** Opens the real one; `create` is true the first time. What was kept becomes its first entries. */
  open(commit: Commit, opening: (options: { create: boolean }) => Promise<Ledger>): Promise<void>;
  /** From here on the ledger has this problem: nothing is recorded any more. */
  halt(problem: WardlineError): void;
}

export function createLateLedger(): LateLedger {
  let real: Ledger | undefined;
  let halted: WardlineError | undefined;
  let kept = 0;

  function opened(): Ledger {
    if (real) return real;
    throw new WardlineError("ledger/not-open", "The ledger opens once the node belongs to a federation.", {
      advice: "Join the federation by its invite first.",
    });
  }

  function keep(entries: readonly NewEntry[], now: number): PreparedAppend {
    const operations = entries.map((entry) => putting(earlyEntries, [now, kept++], { entry, at: now }));
    return { firstIndex: 0, operations, applied: () => Promise.resolve() };
  }

  return {
    ledger: {
      get size() {
        return real?.size ?? 0;
      },
      get problem() {
        return real?.problem ?? halted;
      },
      append: (entries, now) => (real ? real.append(entries, now) : keep(entries, now)),
      checkpoint: () => opened().checkpoint(),
      ofSubject: (reader, subject) => opened().ofSubject(reader, subject),
      prove: (index, at) => opened().prove(index, at),
      verify: (subject) => opened().verify(subject),
      erase: (unit, erasure) => opened().erase(unit, erasure),
    },
    halt: (problem) => void (halted = problem),
    async open(commit, opening) {
      const create = !(await commit.has(begun));
      const ledger = await opening({ create });
      real = ledger;
      if (ledger.problem === undefined && !halted) await commit.run((unit) => moveEarlyEntries(unit, create));
    },
  };
}

async function moveEarlyEntries(unit: Unit, create: boolean): Promise<void> {
  if (create) unit.put(begun, [], { at: unit.now });
  for (const { key, value } of await Array.fromAsync(unit.list(earlyEntries))) {
    const { entry, at } = value;
    unit.record({ ...entry, detail: { ...entry.detail, happened: at } });
    unit.delete(earlyEntries, key);
  }
}
