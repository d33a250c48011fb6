/** Numbers for the names that entries repeat: lists, sources, verdicts. A number once given is never given again. */
import { HashingError } from "../errors.ts";

const most = { list: 0xffff, source: 0xffff, verdict: 0xff } as const;
export type NameKind = keyof typeof most;

/** Each kind's names; the index is the number. As they are saved. */
export type NameLists = Record<NameKind, string[]>;

export interface Names {
  /** The number of a name, given now if it is new. Error: `hashing/too-many-names`. */
  numberOf(kind: NameKind, name: string): number;
  /** The number of a name that has one. */
  known(kind: NameKind, name: string): number | undefined;
  nameOf(kind: NameKind, number: number): string;
  /** Rises with each new name. */
  readonly count: number;
  all(): NameLists;
}

export function createNames(lists: NameLists = { list: [], source: [], verdict: [] }): Names {
  const numbers = {
    list: new Map(lists.list.map((name, number) => [name, number])),
    source: new Map(lists.source.map((name, number) => [name, number])),
    verdict: new Map(lists.verdict.map((name, number) => [name, number])),
  };
  return {
    numberOf(kind, name) {
      const known = numbers[kind].get(name);
      if (known !== undefined) return known;
      const number = lists[kind].length;
      if (number === most[kind]) throw tooMany(kind);
      lists[kind].push(name);
      numbers[kind].set(name, number);
      return number;
    },
    known: (kind, name) => numbers[kind].get(name),
    nameOf: (kind, number) => lists[kind][number] ?? "",
    get count() {
      return lists.list.length + lists.source.length + lists.verdict.length;
    },
    all: () => lists,
  };
}

const tooMany = (kind: NameKind) =>
  new HashingError(
    "hashing/too-many-names",
    `An index knows at most ${most[kind]} different names of the kind "${kind}".`,
    kind === "verdict"
      ? "Give verdicts as categories, not as sentences."
      : "Keep what differs for each entry in your own store, under the entry's key.",
  );
