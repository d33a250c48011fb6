/**
 * `/wardline/membership/1`: the one protocol that is open to strangers. Both sides say what they hold and give what the
 * other lacks; every file is judged by its signatures alone, so it matters not who brings it.
 */
import type { Connection } from "@libp2p/interface";
import { z } from "zod";
import { WardlineError, encodeCbor, hex, isWardlineError, unhex } from "@wardline/protocol/encoding";
import { fileHash, type Evidence, type Trust } from "@wardline/protocol/roster";
import type { Clock } from "../../telemetry/index.ts";
import { bytesSchema, readMessage } from "../transport/messages.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import {
  evidenceFromWire,
  evidenceLackedBy,
  evidenceToWire,
  fromWire,
  holdingsOf,
  holdingsSchema,
  lackedBy,
  mustListMore,
  toWire,
  wireEvidenceSchema,
  wireFileSchema,
  type Holdings,
  type OfferedFile,
} from "./files.ts";

/** Proofs in one message: each holds two files. */
const MOST_EVIDENCE = 2;

/** Both directions look the same. */
const messageSchema = z.object({
  federation: bytesSchema(32),
  have: holdingsSchema,
  files: z.array(wireFileSchema).max(256),
  /** Proofs of misbehaviour that the reader lacks. */
  evidence: z.array(wireEvidenceSchema).max(MOST_EVIDENCE),
  /** Hashes of files given earlier in this exchange, accepted or not: they are not to be given again. */
  seen: z.array(bytesSchema(32)).max(4096),
  /** More files follow when asked again. */
  more: z.boolean(),
});
type Message = z.infer<typeof messageSchema>;

/** Bytes of files in one message, beyond the first file. */
const MESSAGE_BYTES = 1024 * 1024;
/** Longest wait, in milliseconds, that a busy peer is granted. */
const LONGEST_WAIT = 5000;
/** Messages of one exchange: 200 members' cards fit into four. */
const MOST_ROUNDS = 64;

export interface ExchangeServices {
  readonly protocol: Protocol;
  readonly registrar: () => Registrar;
  readonly trust: () => Trust;
  readonly clock: Clock;
  /** Judges files; those refused change nothing. */
  readonly accept: (files: readonly OfferedFile[], evidence: readonly Evidence[]) => Promise<unknown>;
}

export interface Exchange {
  /** Exchanges until neither side has news for the other. */
  with(connection: Connection): Promise<void>;
  answer(request: Uint8Array): Promise<Uint8Array>;
}

export function createExchange(services: ExchangeServices): Exchange {
  /** What we hold, and the next files for a peer that holds `theirs` and need not be given those in `given`. */
  function messageFor(theirs: Holdings | undefined, given: ReadonlySet<string>, seen: Iterable<string>) {
    const trust = services.trust();
    const lacked = theirs ? lackedBy(theirs, trust).filter(({ file }) => !given.has(fileHash(file))) : [];
    const offered = firstOf(lacked);
    const proofs = theirs ? evidenceLackedBy(theirs, trust).slice(0, MOST_EVIDENCE) : [];
    const message: Message = {
      federation: unhex(trust.federationId, 32),
      have: holdingsOf(trust, theirs),
      files: offered.map(toWire),
      evidence: proofs.map(evidenceToWire),
      seen: [...seen].slice(0, 4096).map((hash) => unhex(hash, 32)),
      more: offered.length < lacked.length,
    };
    return { bytes: encodeCbor(message), have: message.have, offered, proofs };
  }

  async function take(bytes: Uint8Array): Promise<Message & { readonly hashes: string[] }> {
    const message = readMessage(messageSchema, bytes);
    if (hex(message.federation) !== services.trust().federationId) {
      throw new WardlineError("membership/other-federation", "The peer belongs to another federation.");
    }
    const files = message.files.map(fromWire);
    const evidence = message.evidence.map(evidenceFromWire);
    if (files.length > 0 || evidence.length > 0) await services.accept(files, evidence);
    return { ...message, hashes: files.map(({ file }) => fileHash(file)) };
  }

  async function ask(connection: Connection, message: Uint8Array) {
    for (let patience = 3; ; patience--) {
      try {
        return take(await services.registrar().ask(connection, services.protocol, message));
      } catch (error) {
        if (patience === 0 || !isWardlineError(error, "peer/busy")) throw error;
        const wait = Math.min(Number(error.details["retryAfter"]), LONGEST_WAIT);
        await new Promise<void>((resolve) => services.clock.after(wait, resolve));
      }
    }
  }

  return {
    async with(connection) {
      const given = new Set<string>();
      const seen = new Set<string>();
      let theirs: Holdings | undefined;
      let told: Holdings | undefined;
      let more = true;
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const unlisted = !told || !theirs || mustListMore(services.trust(), told, theirs);
        const { bytes, have, offered, proofs } = messageFor(theirs, given, seen);
        const proven = proofs.length === 0 || round > 1;
        if (!more && offered.length === 0 && proven && !unlisted) return;
        told = have;
        for (const { file } of offered) given.add(fileHash(file));
        const answer = await ask(connection, bytes);
        for (const hash of answer.hashes) seen.add(hash);
        ({ have: theirs, more } = answer);
      }
    },
    async answer(request) {
      const { have, seen } = await take(request);
      return messageFor(have, new Set(seen.map(hex)), []).bytes;
    },
  };
}

function firstOf(lacked: readonly OfferedFile[]): OfferedFile[] {
  const files: OfferedFile[] = [];
  let bytes = 0;
  for (const offered of lacked) {
    bytes += offered.file.bytes.length + offered.file.signatures.length * 3500;
    if (files.length > 0 && (bytes > MESSAGE_BYTES || files.length >= 256)) break;
    files.push(offered);
  }
  return files;
}
