/** Taking complete files into a folder: the one way in, for what was gathered here and for what others published. */
import { join } from "node:path";
import { unhex, WardlineError } from "@wardline/protocol/encoding";
import {
  acceptFreshness,
  acceptInvite,
  acceptRoot,
  acceptRoster,
  buildInvite,
  decodeFile,
  draftTypeOf,
  draftTypes,
  evidenceOf,
  fileHash,
  readFreshness,
  readRoot,
  readRoster,
  startTrust,
  wordsOfHash,
  type DraftType,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import { writeFileAtomically } from "../../vault/index.ts";
import { readBytes } from "../terminal.ts";
import { findTrust, rootName, writeEvidence, writeFederationFile } from "./folder.ts";
import { tell } from "./tell.ts";

const accepts = { root: acceptRoot, roster: acceptRoster, freshness: acceptFreshness };
const reads = { root: readRoot, roster: readRoster, freshness: readFreshness };

/** Which of the files that are signed by hand this is. Throws `cli/not-a-membership-file`. */
export function typeOf({ bytes }: FederationFile): DraftType {
  const type = draftTypeOf(bytes);
  if (type) return type;
  throw new WardlineError("cli/not-a-membership-file", "This is no root, roster or freshness file.", {
    advice: "Name a file that `wardline roster` wrote.",
  });
}

/**
 * Judges one complete file against what the folder holds, and keeps it. A contradiction that its signers have signed is
 * kept as evidence before it is thrown. Throws what the protocol refuses the file for.
 */
export async function publish(
  folder: string,
  trust: Trust | undefined,
  file: FederationFile,
  now: number,
): Promise<Trust> {
  const type = typeOf(file);
  const next = await judge(folder, trust, file, now);
  if (next === trust) return next;
  const name = type === "root" ? rootName(factsIn(file).version) : type;
  await writeFederationFile(folder, name, file);
  return next;
}

async function judge(
  folder: string,
  trust: Trust | undefined,
  file: FederationFile,
  now: number,
): Promise<Trust> {
  const type = typeOf(file);
  if (!trust && type === "root") return startTrust(file, now);
  if (!trust) {
    throw new WardlineError("cli/no-federation", "The folder has no root to judge this file by.", {
      advice: "Take the federation's root files first.",
    });
  }
  try {
    return accepts[type](trust, file, now);
  } catch (error) {
    const proof = evidenceOf(error);
    if (proof) tell(`Evidence is kept: ${await writeEvidence(folder, proof)}-first.json and -second.json`);
    throw error;
  }
}

/**
 * Takes published files that came from elsewhere. The first root is taken only with the federation's id, which the person
 * has compared: it is what all else hangs on. Throws `cli/which-federation`, `roster/federation`, and as `publish`.
 */
export async function takeFiles(
  folder: string,
  paths: readonly string[],
  federation: string | undefined,
  now: number,
): Promise<void> {
  const files = await Promise.all(paths.map(async (path) => decodeFile(await readBytes(path))));
  // As they were published: a roster counts under the root of its day.
  const rank = (file: FederationFile) => draftTypes.indexOf(typeOf(file));
  const byTime = (a: FederationFile, b: FederationFile) =>
    factsIn(a).created - factsIn(b).created || rank(a) - rank(b);
  let trust = await findTrust(folder, now);
  for (const file of files.sort(byTime)) {
    if (!trust && typeOf(file) === "root") checkPin(fileHash(file), federation);
    const next = await publish(folder, trust, file, now);
    tell(`${next === trust ? "Held already" : "Taken"}: ${typeOf(file)} version ${factsIn(file).version}`);
    trust = next;
  }
  if (trust) await writeInvite(folder, trust, now);
}

/** An invite for those who join; it names this roster's version as the lowest. None while it would not hold. */
export async function writeInvite(folder: string, trust: Trust, now: number): Promise<void> {
  if (!trust.roster) return;
  const invite = buildInvite(trust);
  try {
    acceptInvite(invite, now);
  } catch {
    return tell("No invite yet: a roster signed by the registrars of the root in force has to come first.");
  }
  await writeFileAtomically(join(folder, "invite.json"), invite);
  tell(`Invite for those who join: ${join(folder, "invite.json")}`);
}

/** Twelve words for a file, for several people to compare before they sign. */
export function wordsOfFile(file: FederationFile): string {
  return wordsOfHash(unhex(fileHash(file), 32)).join(" ");
}

function factsIn(file: FederationFile): { readonly version: number; readonly created: number } {
  return reads[typeOf(file)](file.bytes);
}

function checkPin(found: string, federation: string | undefined): void {
  if (found === federation) return;
  const message =
    federation === undefined
      ? "The first root decides which federation this is."
      : "This is the root of another federation.";
  throw new WardlineError("cli/which-federation", message, {
    advice: `Compare the id by telephone, then give it with --federation. This file's is ${found}.`,
  });
}
