/**
 * The folder of a federation's membership files, one on the machine of everybody who signs:
 *
 *   root.json  root-2.json …  roster.json  freshness.json  invite.json     what is in force
 *   draft.json                                 the next root, roster or freshness file, while its signatures are gathered
 *   evidence/                                  pairs of files that contradict each other
 *   keys/                                      software keys: in trials alone. Real ones stay with their holders.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { WardlineError } from "@wardline/protocol/encoding";
import {
  acceptFreshness,
  acceptRoot,
  acceptRoster,
  decodeFile,
  encodeFile,
  keepEvidence,
  readRoster,
  startTrust,
  type Evidence,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import { writeFileAtomically } from "../../vault/index.ts";
import { readBytes } from "../terminal.ts";

export type FileName = "roster" | "freshness" | "draft";

export async function writeFederationFile(
  folder: string,
  name: FileName | "root" | `root-${number}`,
  file: FederationFile,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(join(folder, `${name}.json`), encodeFile(file));
}

export async function readFederationFile(
  folder: string,
  name: FileName,
): Promise<FederationFile | undefined> {
  return readIfThere(join(folder, `${name}.json`));
}

/** The first root's file has no number: it is the federation. */
export const rootName = (version: number) => (version === 1 ? "root" : (`root-${version}` as const));

export async function removeFile(folder: string, name: FileName): Promise<void> {
  await rm(join(folder, `${name}.json`), { force: true });
}

/** Keeps the two files of a contradiction, each under a name that says what it is. */
export async function writeEvidence(folder: string, { kind, version, ...files }: Evidence): Promise<string> {
  const name = join(folder, "evidence", `${kind}-${version}`);
  await mkdir(join(folder, "evidence"), { recursive: true });
  await writeFileAtomically(`${name}-first.json`, encodeFile(files.first));
  await writeFileAtomically(`${name}-second.json`, encodeFile(files.second));
  return name;
}

/** What is in force by the files of the folder. Throws `cli/no-federation`, and what they are refused for. */
export async function readTrust(folder: string, now: number): Promise<Trust> {
  const trust = await findTrust(folder, now);
  if (trust) return trust;
  throw new WardlineError("cli/no-federation", `There is no federation in ${folder}.`, {
    advice:
      "Take its files with `wardline roster take --federation ID`, make one with `wardline roster draft-root`, or name its folder with --folder.",
  });
}

/** The same; undefined while the folder has no root. */
export async function findTrust(folder: string, now: number): Promise<Trust | undefined> {
  const [first, ...later] = await readRoots(folder);
  if (!first) return undefined;
  const roster = await readFederationFile(folder, "roster");
  let trust = withRoster(first, later, roster, now);
  for (const proof of await readEvidence(folder)) trust = keepEvidence(trust, proof);
  const freshness = await readFederationFile(folder, "freshness");
  // An old freshness file may be past its end, or of the roster before: the next one replaces it.
  return freshness ? orBefore(trust, () => acceptFreshness(trust, freshness, now)) : trust;
}

/**
 * The roster was taken under the root of its day, when it had not run out; roots that followed have other registrars. So
 * it is judged at the time it was made, under the newest root that it fits.
 */
function withRoster(
  first: FederationFile,
  later: readonly FederationFile[],
  roster: FederationFile | undefined,
  now: number,
): Trust {
  const extend = (trust: Trust, roots: readonly FederationFile[]) =>
    roots.reduce((before, root) => acceptRoot(before, root, now), trust);
  const all = extend(startTrust(first, now), later);
  if (!roster) return all;
  const { created } = readRoster(roster.bytes);
  const taken = (count: number) => {
    const before = extend(startTrust(first, now), later.slice(0, count));
    return extend(acceptRoster(before, roster, created), later.slice(count));
  };
  for (let count = later.length; count > 0; count--) {
    const found = orBefore(undefined, () => taken(count));
    if (found) return found;
  }
  return taken(0);
}

async function readRoots(folder: string): Promise<FederationFile[]> {
  const roots: FederationFile[] = [];
  for (;;) {
    const root = await readIfThere(join(folder, `${rootName(roots.length + 1)}.json`));
    if (!root) return roots;
    roots.push(root);
  }
}

/** Freshness files of two kinds are kept for people; only rosters and roots stop what follows. */
async function readEvidence(folder: string): Promise<Evidence[]> {
  const path = join(folder, "evidence");
  const names = existsSync(path) ? await readdir(path) : [];
  const found: Evidence[] = [];
  for (const name of names.sort()) {
    const [, kind, version] = /^(root|roster)-(\d+)-first\.json$/.exec(name) ?? [];
    const first = await readIfThere(join(path, name));
    const second = await readIfThere(join(path, name.replace("first", "second")));
    if (!first || !second || version === undefined) continue;
    found.push({ kind: kind === "root" ? "root" : "roster", version: Number(version), first, second });
  }
  return found;
}

async function readIfThere(path: string): Promise<FederationFile | undefined> {
  return existsSync(path) ? decodeFile(await readBytes(path)) : undefined;
}

function orBefore<T>(before: T, next: () => T): T {
  try {
    return next();
  } catch {
    return before;
  }
}
