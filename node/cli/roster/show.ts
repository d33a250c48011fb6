/** `wardline roster show`: what is in force by the folder's files, or what one file would do. */
import { isWardlineError } from "@wardline/protocol/encoding";
import {
  checkDraft,
  decodeFile,
  expiriesOf,
  freshnessOf,
  isDisputed,
  members,
  type Trust,
} from "@wardline/protocol/roster";
import { readBytes } from "../terminal.ts";
import { tellDraft } from "./describe.ts";
import { findTrust, readFederationFile, readTrust } from "./folder.ts";
import { typeOf } from "./publish.ts";
import { tellSigners } from "./sign.ts";
import { tell } from "./tell.ts";

/** One file in readable words: what it says, what it changes, who has signed, and whether it would be refused. */
export async function showFile(folder: string, path: string, now: number): Promise<void> {
  const file = decodeFile(await readBytes(path));
  const trust = await findTrust(folder, now);
  tellDraft(trust, file, now);
  tellSigners(trust, file, now);
  try {
    checkDraft(trust, typeOf(file), file.bytes, now);
  } catch (error) {
    if (!isWardlineError(error)) throw error;
    tell("", `It would be refused now: ${error.code}: ${error.message} ${error.advice ?? ""}`.trimEnd());
  }
}

export async function showFolder(folder: string, now: number): Promise<void> {
  const trust = await readTrust(folder, now);
  const { roots, roster, freshness } = trust;
  tell(
    `Federation: ${trust.federationId}`,
    `Root: version ${roots.length}, ${until(roots.at(-1)?.value.expires, now)}`,
    roster
      ? `Roster: version ${roster.value.version}, ${until(roster.value.expires, now)}`
      : "Roster: missing",
    `Freshness: ${until(freshness?.value.expires, now)}; nodes count it as ${freshnessOf(trust, now)}`,
  );
  for (const { kind, version } of trust.evidence)
    tell(`Two ${kind} files of version ${version} are in evidence/`);
  if (isDisputed(trust)) tell("Nothing new is taken until a root names the one of them.");
  for (const { id, country, kind, status, name } of members(trust))
    tell(`  ${id}  ${country}  ${kind}  ${status}  ${name}`);
  tellWhatEnds(trust, now);
  const draft = await readFederationFile(folder, "draft");
  if (!draft) return;
  tell("", `A draft waits with ${draft.signatures.length} signature(s):`);
  tellDraft(trust, draft, now);
  tellSigners(trust, draft, now);
}

/** The keys that end first: what the next ceremonies are for. */
function tellWhatEnds(trust: Trust, now: number): void {
  const keys = expiriesOf(trust, now).filter(({ what }) => what.endsWith("-key"));
  tell("Keys that end first:");
  for (const { what, name, at } of keys.slice(0, 5))
    tell(`  ${until(at, now)}  ${what.replace("-", " ")} of ${name}`);
}

function until(time: number | undefined, now: number): string {
  if (time === undefined) return "missing";
  return `until ${new Date(time).toISOString()}${time <= now ? " (PAST)" : ""}`;
}
