/** A simulation as the command line offers it: its options as data, and what runs. */
export interface Option {
  /** What stands in the help, e.g. `nodes, at least 2`. */
  readonly help: string;
  readonly standard: string;
  /** Of a whole number; a text without. */
  readonly least?: number;
}

export interface Command<O extends string = string> {
  /** One sentence. */
  readonly summary: string;
  readonly options: Readonly<Record<O, Option>>;
  readonly example: string;
  /** Resolves to the exit code. */
  run(values: Values<O>, told: Told): Promise<number>;
}

export interface Values<O extends string> {
  text(name: O): string;
  count(name: O): number;
}

export interface Told {
  /** How far it is; goes to standard error when results are JSON. */
  readonly progress: (sentence: string) => void;
  /** A result for people. */
  readonly say: (line: string) => void;
  /** The same for programs, with `--json`: one object on a line. */
  readonly result: (value: object) => void;
}

/** Options keep their names in the type, so that a command can only ask for those it has. */
export const command = <O extends string>(parts: Command<O>): Command<O> => parts;
