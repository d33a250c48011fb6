/**
 * A node whose ledger is not the one that was last acknowledged (rolled back, rewritten, damaged) shows what it has and
 * changes nothing: whatever would have to be recorded is refused before it reaches the write path.
 */
import type { WardlineError } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "./commit/index.ts";

/** The one thing that goes on unrecorded: people must be able to look. */
const unrecorded = "person.signed-in";

/** While there is a problem, a unit that records anything fails with it and leaves nothing behind. */
export function refusingRecords(plain: Commit, problem: () => WardlineError | undefined): Commit {
  const refusing = (unit: Unit, error: WardlineError): Unit => ({
    ...unit,
    record({ kind }) {
      if (kind !== unrecorded) throw error;
    },
  });
  return {
    ...plain,
    run(work) {
      const error = problem();
      return plain.run(error ? (unit) => work(refusing(unit, error)) : work);
    },
  };
}
