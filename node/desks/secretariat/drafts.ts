/**
 * Drafts of root, roster and freshness, kept at the node while signatures come back from their holders' machines. Keys
 * never come here: what arrives is a file with signatures, and each is verified before it is kept.
 */
import { unhex, WardlineError } from "@wardline/protocol/encoding";
import {
  checkDraft,
  decodeFile,
  draftTypeOf,
  fileHash,
  progressOf,
  wordsOfHash,
  type DraftType,
  type FederationFile,
  type Trust,
} from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";

export interface Draft extends FederationFile {
  readonly type: DraftType;
  readonly added: number;
  /** Name of the person who brought it. */
  readonly by: string;
}

/** Key: type. One of each at a time, as people sign one thing at a time. */
export const drafts = defineCollection<Draft>("secretariat.drafts");

/**
 * Takes a draft, or signatures under the one that waits. Throws `desks/not-a-draft`, `desks/draft-waits` while another of
 * its type does, `desks/bad-signature`, and what `checkDraft` refuses: nobody is asked to sign in vain.
 */
export async function takeFile(services: DeskServices, bytes: Uint8Array, caller: Caller): Promise<Draft> {
  const file = decodeFile(bytes);
  const type = draftTypeOf(file.bytes);
  if (!type) {
    throw new WardlineError("desks/not-a-draft", "This is no root, roster or freshness file.", {
      advice: "Bring a file that `wardline roster` wrote.",
    });
  }
  return services.commit.run(async (unit) => {
    const trust = services.federation.trust();
    checkDraft(trust, type, file.bytes, unit.now);
    const waiting = await unit.get(drafts, type);
    if (waiting) checkSame(waiting, file);
    checkSignatures(trust, type, file, unit.now);
    const kept = waiting ?? {
      type,
      bytes: file.bytes,
      signatures: [],
      added: unit.now,
      by: caller.person.name,
    };
    const draft = { ...kept, signatures: merged(kept.signatures, file.signatures) };
    unit.put(drafts, [type], draft);
    note(unit, "membership.draft-taken", draft, caller);
    return draft;
  });
}

/** Puts a draft away, with the signatures under it. Throws `desks/no-such-draft`. */
export function discard(services: DeskServices, type: DraftType, caller: Caller): Promise<void> {
  return services.commit.run(async (unit) => {
    const draft = await requireDraft(unit, type);
    unit.delete(drafts, [type]);
    note(unit, "membership.draft-discarded", draft, caller);
  });
}

/**
 * Publishes a draft that its thresholds have signed: this node takes it, and the others fetch it from here. Throws
 * `desks/no-such-draft`, and the code that the rules refuse it by, `roster/threshold` above all.
 */
export async function publish(services: DeskServices, type: DraftType, caller: Caller): Promise<void> {
  const { commit, federation } = services;
  const draft = await requireDraft(commit, type);
  const { bytes, signatures } = draft;
  const { refused } = await federation.acceptFiles([{ kind: type, file: { bytes, signatures } }]);
  const refusal = refused[0]?.code;
  if (refusal !== undefined) {
    throw new WardlineError(refusal, "The file is not published: the federation's rules refuse it.", {
      advice: "Gather more signatures; or discard the draft and have it made anew.",
    });
  }
  // Again after a crash in between, the file is held already and only the draft is put away.
  await commit.run((unit) => {
    unit.delete(drafts, [type]);
    note(unit, "membership.published", draft, caller);
  });
}

/** @throws `desks/no-such-draft` */
export async function requireDraft(reader: Reader, type: DraftType): Promise<Draft> {
  const draft = await reader.get(drafts, type);
  if (draft) return draft;
  throw new WardlineError("desks/no-such-draft", "There is no such draft.", {
    advice: "Somebody may have published or discarded it; look at the page again.",
  });
}

export const wordsOf = (file: FederationFile): string => wordsOfHash(unhex(fileHash(file), 32)).join(" ");

function note(unit: Unit, kind: string, draft: Draft, caller: Caller): void {
  const hash = fileHash(draft);
  const detail = { type: draft.type, hash, signatures: draft.signatures.length };
  unit.record({ kind, subject: [], actor: `person:${caller.pseudonymFor(hash)}`, detail });
  unit.announce({ topic: "membership", id: draft.type });
}

function checkSame(waiting: Draft, file: FederationFile): void {
  if (fileHash(waiting) === fileHash(file)) return;
  throw new WardlineError("desks/draft-waits", "Another draft of this kind waits for signatures.", {
    advice: `Its words are ${wordsOf(waiting)}; this file's are ${wordsOf(file)}. Publish or discard it first.`,
  });
}

/** Each by itself, so that the person who brought it hears which holder to ask. */
function checkSignatures(trust: Trust, type: DraftType, file: FederationFile, now: number): void {
  for (const signature of file.signatures) {
    const alone = { bytes: file.bytes, signatures: [signature] };
    const signers = progressOf(trust, type, alone, now).flatMap((role) => role.signers);
    if (signers.some(({ signed }) => signed)) continue;
    const key = signature.keyId.slice(0, 16);
    throw new WardlineError(
      "desks/bad-signature",
      `A signature by key ${key} may not stand under this file.`,
      {
        advice: "It does not hold, its key has ended, or the root does not list it: ask its holder.",
      },
    );
  }
}

/** A key counts once; its newest signature stays. Ordered by key, so that the same signatures are the same file. */
function merged(held: Draft["signatures"], more: Draft["signatures"]): Draft["signatures"] {
  const byKey = new Map([...held, ...more].map((signature) => [signature.keyId, signature]));
  return [...byKey.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
}
