/** A federation's key holders, each with a machine (a folder) of its own; files are carried by hand (copied). */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wardline, type Run } from "./support.ts";

export interface Machines {
  readonly base: string;
  path(machine: string, ...rest: string[]): string;
  /** A command on one machine. `days` moves its date. */
  run(
    machine: string,
    args: string,
    options?: { stdin?: string; days?: number; holder?: string },
  ): Promise<Run>;
  /** Copies a file from machine to machine, and makes the folder that it goes to. */
  carry(from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

const day = 86_400_000;
const dateMoved = (days: number) =>
  `--import=data:text/javascript,${encodeURIComponent(`Date.now=(n=>()=>n()+${days * day})(Date.now)`)}`;

export async function createMachines(): Promise<Machines> {
  const base = await mkdtemp(join(tmpdir(), "wardline-roster-"));
  const path = (...parts: string[]) => join(base, ...parts);
  return {
    base,
    path,
    async run(machine, args, { stdin = "", days = 0, holder } = {}) {
      await mkdir(path(machine), { recursive: true });
      // An underscore stands for a space inside a word.
      const words = args.split(" ").map((word) => word.replaceAll("_", " "));
      const named = holder === undefined ? [] : ["--holder", holder];
      const env: Record<string, string> = days === 0 ? {} : { NODE_OPTIONS: dateMoved(days) };
      return wardline([...words, ...named], { cwd: path(machine), stdin, env });
    },
    async carry(from, to) {
      await mkdir(join(path(to), ".."), { recursive: true });
      await copyFile(path(from), path(to));
    },
    remove: () => rm(base, { recursive: true }),
  };
}

/** Every root holder and registrar, with where they sit. Two registrars and two pairs of root holders share a country. */
export const holders = {
  root: { ada: "SE", bo: "SE", cy: "NO", dag: "NO", eva: "NL" },
  registrar: { rut: "SE", sam: "SE", tor: "NO" },
} as const;

/** Each holder makes a key on their own machine, locked by a file on another medium. Gives the words they read out. */
export async function makeKeys(machines: Machines): Promise<Map<string, string>> {
  const made = Object.entries(holders).flatMap(([role, people]) =>
    Object.entries(people).map(async ([name, jurisdiction]) => {
      const args = `roster key --role ${role} --jurisdiction ${jurisdiction} --holder ${name} --key-file ../${name}.token`;
      const { out } = await machines.run(name, args);
      await machines.carry(`${name}/${role}.public.json`, `desk/${name}.public.json`);
      return [name, /((?:[a-z]{5} ){11}[a-z]{5})/.exec(out)?.[1] ?? "no words"] as const;
    }),
  );
  return new Map(await Promise.all(made));
}

/** The desk's draft goes to each holder, who signs it there; the signatures come back and are gathered. */
export async function signAndGather(
  machines: Machines,
  names: readonly string[],
  { role = "registrar", days = 0, desk = "desk" } = {},
): Promise<Run> {
  await Promise.all(
    names.map(async (name) => {
      await machines.carry(`${desk}/federation/draft.json`, `${name}/draft.json`);
      const sign = `roster sign --file draft.json --out signed.json --key ${role}.key --key-file ../${name}.token --words-confirmed`;
      const { code, err } = await machines.run(name, sign, { days });
      if (code !== 0) throw new Error(`${name}: ${err}`);
      await machines.carry(`${name}/signed.json`, `${desk}/${name}.signed.json`);
    }),
  );
  return machines.run(desk, `roster gather ${names.map((name) => `${name}.signed.json`).join(" ")}`, {
    days,
  });
}

/** Published files go from the desk to a machine, which takes them. */
export async function take(
  machines: Machines,
  machine: string,
  files: readonly string[],
  more = "",
): Promise<Run> {
  for (const file of files) await machines.carry(`desk/federation/${file}`, `${machine}/in/${file}`);
  return machines.run(machine, `roster take ${files.map((file) => `in/${file}`).join(" ")}${more}`);
}
