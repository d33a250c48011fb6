/** `wardline roster sign` and `gather`: signatures made on several machines, carried by hand, put together on one. */
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { isWardlineError, WardlineError } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import {
  checkDraft,
  decodeFile,
  encodeFile,
  fileHash,
  progressOf,
  readRoster,
  rolesFor,
  signersOf,
  signFile,
  type FederationFile,
  type FileSignature,
  type Trust,
} from "@wardline/protocol/roster";
import { readBytes } from "../terminal.ts";
import { newcomers, tellDraft } from "./describe.ts";
import { readDraft } from "./drafts.ts";
import { findTrust, readTrust, removeFile, writeFederationFile } from "./folder.ts";
import { readKey } from "./key-file.ts";
import { publish, typeOf, wordsOfFile, writeInvite } from "./publish.ts";
import { tell } from "./tell.ts";

export interface SignOptions {
  readonly folder: string;
  /** Secret keys, and what unlocks them. */
  readonly key: readonly string[];
  readonly keyFile?: string;
  /** A draft from elsewhere; its signature goes into `out`. Without it the folder's own draft is signed. */
  readonly file?: string;
  readonly out?: string;
  /** A person has compared the words of everybody who is new. */
  readonly wordsConfirmed: boolean;
}

/**
 * Shows a draft in words and signs it. Whoever is new in it has to be confirmed: their words, read back by telephone.
 * Throws `cli/no-draft`, `cli/not-a-signer`, `cli/words-not-confirmed`, and what the draft would be refused for.
 */
export async function signDraft(options: SignOptions, now: number): Promise<void> {
  const { folder, file } = options;
  const draft = file === undefined ? await readDraft(folder) : decodeFile(await readBytes(file));
  const trust = await findTrust(folder, now);
  const keys = await Promise.all(options.key.map((path) => readKey(path, options.keyFile)));
  for (const [at, { key }] of keys.entries())
    checkSigner(options.key[at] ?? "", keyIdOf(key.public), trust, draft);
  const type = typeOf(draft);
  checkDraft(trust, type, draft.bytes, now);
  tellDraft(trust, draft, now);
  if (type === "roster") await confirmWords(trust, draft, options.wordsConfirmed);
  const federation = trust?.federationId ?? fileHash(draft);
  const made = keys.map(({ key }) => signFile(type, draft.bytes, federation, key));
  if (file === undefined) return complete(folder, trust, merged(draft, made), now);
  const out = options.out ?? file.replace(/(\.json)?$/, `.signed-${made[0]?.keyId.slice(0, 8) ?? ""}.json`);
  await writeFile(out, encodeFile({ bytes: draft.bytes, signatures: made }));
  tell("", `Signed. Carry ${out} back to who gathers the signatures.`);
}

/**
 * Puts signatures that came back under the folder's draft; with enough of them it is published. Throws
 * `cli/other-draft`, `cli/not-a-signer`, `cli/bad-signature`, and what the file is refused for.
 */
export async function gather(folder: string, paths: readonly string[], now: number): Promise<void> {
  const draft = await readDraft(folder);
  const trust = await findTrust(folder, now);
  let signed = draft;
  for (const path of paths) {
    const file = decodeFile(await readBytes(path));
    if (fileHash(file) !== fileHash(draft)) {
      throw new WardlineError("cli/other-draft", `${path} signs another file than the draft here.`, {
        advice: `Its words are ${wordsOfFile(file)}; the draft's are ${wordsOfFile(draft)}. Send the draft anew.`,
      });
    }
    for (const signature of file.signatures) checkSignature(path, signature, trust, draft, now);
    signed = merged(signed, file.signatures);
  }
  await complete(folder, trust, signed, now);
}

/** Publishes the draft if its thresholds are met; else keeps it with the signatures so far. */
async function complete(
  folder: string,
  trust: Trust | undefined,
  signed: FederationFile,
  now: number,
): Promise<void> {
  checkDraft(trust, typeOf(signed), signed.bytes, now);
  try {
    tellComplete(await publish(folder, trust, signed, now), signed);
  } catch (error) {
    return keepIncomplete(folder, trust, signed, error, now);
  }
  await removeFile(folder, "draft");
  const next = await readTrust(folder, now);
  if (next.roster) await writeInvite(folder, next, now);
}

/** Keeps a draft that too few have signed, and says who is missing; any other refusal is thrown again. */
export async function keepIncomplete(
  folder: string,
  trust: Trust | undefined,
  signed: FederationFile,
  error: unknown,
  now: number,
): Promise<void> {
  if (!isWardlineError(error, "roster/threshold") && !isWardlineError(error, "roster/one-jurisdiction"))
    throw error;
  await writeFederationFile(folder, "draft", signed);
  tell("", `${signed.signatures.length} signature(s) so far. ${error.code}: ${error.message}`);
  tellSigners(trust, signed, now);
}

function tellComplete(next: Trust, file: FederationFile): void {
  const type = typeOf(file);
  tell("", `${titleOf[type]} ${versionOf(next, type)} is complete.`);
  if (type === "root") tell(`Federation: ${next.federationId}`);
  if (type === "roster") tell("Next: wardline roster publish-freshness");
}

const titleOf = { root: "Root version", roster: "Roster version", freshness: "Freshness version" };

function versionOf(trust: Trust, type: keyof typeof titleOf): number {
  const held = type === "root" ? trust.roots.at(-1) : trust[type];
  return held?.value.version ?? 0;
}

/** Who has signed a file, and who else could. */
export function tellSigners(trust: Trust | undefined, file: FederationFile, now: number): void {
  const roles = progressOf(trust, typeOf(file), file, now);
  for (const [at, { threshold, jurisdictions, signers }] of roles.entries()) {
    const ofWhich = roles.length === 1 ? "" : at === 0 ? " of the root in force" : " of the new root";
    tell(`Needs ${threshold} keys${ofWhich} in ${jurisdictions} jurisdictions:`);
    for (const { jurisdiction, holder, signed } of signers) {
      tell(`  ${signed ? "signed " : "missing"}  ${jurisdiction}  ${holder}`);
    }
  }
}

async function confirmWords(
  trust: Trust | undefined,
  draft: FederationFile,
  confirmed: boolean,
): Promise<void> {
  const found = newcomers(trust?.roster?.value, readRoster(draft.bytes));
  if (found.length === 0 || confirmed) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const question =
    "Did each of them read out exactly these words, on a number found independently? Type yes: ";
  const answer = await Promise.race([lines.question(question), ended]);
  lines.close();
  if (answer.trim() === "yes") return;
  throw new WardlineError("cli/words-not-confirmed", "Nothing was signed: the words are not confirmed.", {
    advice: "Call them; then type yes, or give --words-confirmed.",
  });
}

function checkSigner(path: string, keyId: string, trust: Trust | undefined, draft: FederationFile): void {
  const roles = rolesFor(trust, typeOf(draft), draft.bytes);
  if (roles.some(({ keys }) => keys.some((key) => keyIdOf(key.public) === keyId))) return;
  throw new WardlineError("cli/not-a-signer", `The key in ${path} may not sign this file.`, {
    advice: "Rosters are signed by registrars, roots by root keys; the root lists them.",
  });
}

function checkSignature(
  path: string,
  signature: FileSignature,
  trust: Trust | undefined,
  draft: FederationFile,
  now: number,
): void {
  checkSigner(path, signature.keyId, trust, draft);
  const alone = { bytes: draft.bytes, signatures: [signature] };
  const federation = trust?.federationId ?? fileHash(draft);
  const type = typeOf(draft);
  const roles = rolesFor(trust, type, draft.bytes);
  if (roles.some((role) => signersOf(type, alone, federation, role, now).length > 0)) return;
  throw new WardlineError(
    "cli/bad-signature",
    `The signature in ${path} does not hold, or its key has ended.`,
    {
      advice: "Let its holder sign the draft again.",
    },
  );
}

/** A key counts once; its newest signature stays. */
function merged(file: FederationFile, made: readonly FileSignature[]): FederationFile {
  const kept = file.signatures.filter(({ keyId }) => !made.some((one) => one.keyId === keyId));
  return { bytes: file.bytes, signatures: [...kept, ...made] };
}
