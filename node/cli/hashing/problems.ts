/** Bad lines of lists that are matched against: the first ones are named, all are counted, and the others go on. */
import type { ListProblem } from "@wardline/hashing/lists";
import { problemLine } from "./list-files.ts";
import type { Progress } from "./progress.ts";

/** More would bury the results; `wardline list check` names them all. */
const most = 20;

export interface Problems {
  tell(file: string, problem: ListProblem): void;
  /** Says how many there were beyond those that were named. */
  sum(): void;
}

export function createProblems(progress: Progress): Problems {
  let count = 0;
  return {
    tell(file, problem) {
      if (++count > most) return;
      progress.clear();
      process.stderr.write(`${problemLine(file, problem)}\n`);
    },
    sum() {
      if (count > most)
        process.stderr.write(`… and ${count - most} more problems: wardline list check names them all.\n`);
    },
  };
}
