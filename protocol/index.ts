/**
 * What nodes say to one another: pure functions over bytes, without files, network or clock. The wire itself is specified in README.md.
 *
 * - `encoding`    bytes, text, strict JSON, deterministic CBOR, the encoding under every signature, the one error type
 * - `identity`    Ed25519, the inseparable pair with ML-DSA-65, X-Wing
 * - `vocabulary`  verdicts, facts, actions
 * - `roster`      root, roster, freshness, member cards: who belongs, and by which keys
 * - `statements`  what is said: signing, the registry of types, who may say what to whom
 * - `envelope`    one delivery of a statement to one recipient, and its receipt
 * - `mailbox`     what is kept for a member that is away, and how it clears it
 * - `holders`     the key under which a member announces that it holds an item
 * - `adverts`     what members say of pictures by hash: records, blocks, feeds
 * - `log`         the transparency log's tree, proofs and checkpoints
 * - `material`    files in encrypted chunks, at rest and for a grant
 *
 * Each is imported by its own name, as `@wardline/protocol/envelope`.
 */

/** The version of the wire that this package speaks; it stands in every protocol id, label and file type. */
export const WIRE_VERSION = 1;
