/** Signing and opening of statements: Ed25519 over a DSSE encoding that holds the federation and the exact bytes. */
import { WardlineError, hex, sha256, unhex, withPae } from "../encoding/index.ts";
import { keyIdOf, signEd25519, verifyEd25519, type IdentitySecretKey } from "../identity/index.ts";
import { identityKey, member, type Trust } from "../roster/index.ts";
import { readPayload } from "./check.ts";
import { parseStatement, writeStatement, type Statement } from "./frame.ts";
import { isStatementType } from "./registry.ts";

/** The DSSE payload type. */
const PURPOSE = "wardline/statement/1";

/** A statement with what proves who said it. `bytes` are what was signed; `statement` is only a reading of them. */
export interface SignedStatement {
  readonly bytes: Uint8Array;
  /** 64 bytes. Never an identifier: `hash` is. */
  readonly signature: Uint8Array;
  readonly keyId: string;
  readonly statement: Statement;
  /** SHA-256 of `bytes`, hexadecimal. */
  readonly hash: string;
}

/** What the author decides. What is left out has a plain default: follows nothing, amber, not to be passed on. */
export interface StatementDraft {
  type: string;
  /** 16 random bytes, hexadecimal; chosen once, so that saying it again is the same statement. */
  id: string;
  author: string;
  to: string[];
  /** Milliseconds since 1970. */
  created: number;
  payload: object;
  after?: string[];
  legalBasis?: string;
  handling?: Statement["handling"];
  matter?: string;
  attachments?: Statement["attachments"];
  originals?: Statement["originals"];
  critical?: string[];
}

/**
 * Writes a statement's bytes and signs them. Refuses what its readers would refuse: throws `statement/malformed`,
 * `statement/too-large`, and for the types of this version `statement/payload`. The reading that it gives back holds the
 * draft's own payload: from here on nobody changes it.
 */
export function signStatement(
  draft: StatementDraft,
  key: IdentitySecretKey,
  federationId: string,
): SignedStatement {
  const { bytes, statement } = writeStatement(complete(draft));
  if (isStatementType(statement.type)) readPayload(statement, statement.type);
  return {
    bytes,
    signature: withSigned(bytes, federationId, (message) => signEd25519(key.seeds.ed25519, message)),
    keyId: keyIdOf(key.public),
    statement,
    hash: hex(sha256(bytes)),
  };
}

/** Fixes the order of the fields; nothing depends on it, but one order is easier to read and to compare. */
function complete(draft: StatementDraft): object {
  const { type, id, author, to, created, legalBasis, matter, payload, originals } = draft;
  const { after = [], attachments = [], critical = [] } = draft;
  const { handling = { marking: "amber", onward: "none" } } = draft;
  const addressed = { version: 1, type, id, author, to, created, after, legalBasis, handling, matter };
  return { ...addressed, payload, attachments, originals, critical };
}

/**
 * Verifies a statement by a key that the roster lists for its author. It says nothing yet about whether the author may say this
 * (`checkStatement`). Throws what `parseStatement` throws, `statement/unknown-author`, `statement/unknown-key`,
 * `statement/key-not-valid` (made outside of the key's life), `statement/key-cut-off`, `statement/signature`.
 *
 * A key that was cut off proves nothing by itself: whoever stole it can date a statement as they like. `vouched` says that the caller
 * knows from elsewhere that the author said this: a witnessed log held it before, or the author sends it under a key of today.
 * `hash` is for a caller that has hashed the bytes already.
 */
export function openStatement(
  bytes: Uint8Array,
  signature: Uint8Array,
  keyId: string,
  trust: Trust,
  { vouched = false, hash = sha256(bytes) } = {},
): SignedStatement {
  const statement = parseStatement(bytes);
  const key = authorKey(statement, keyId, trust, vouched);
  const verified = withSigned(bytes, trust.federationId, (message) => verifyEd25519(key, message, signature));
  if (!verified) {
    throw new WardlineError("statement/signature", "The statement's signature is not its author's.");
  }
  return { bytes, signature, keyId, statement, hash: hex(hash) };
}

function authorKey(statement: Statement, keyId: string, trust: Trust, vouched: boolean): Uint8Array {
  if (!member(trust, statement.author)) {
    throw new WardlineError("statement/unknown-author", "The statement's author is not in the roster.");
  }
  const key = identityKey(trust, statement.author, keyId);
  if (!key) {
    throw new WardlineError("statement/unknown-key", "The roster does not list this key for the author.");
  }
  if (statement.created < key.from || statement.created >= key.until) {
    throw new WardlineError("statement/key-not-valid", "The statement was made outside of its key's life.");
  }
  if (key.cutoff && !vouched) {
    throw new WardlineError(
      "statement/key-cut-off",
      "The key was cut off; what it signed counts only if a log held it before.",
    );
  }
  return key.public.ed25519;
}

/** What `use` makes of the signed message. */
function withSigned<T>(bytes: Uint8Array, federationId: string, use: (message: Uint8Array) => T): T {
  return withPae(PURPOSE, [unhex(federationId, 32), bytes], use);
}
