/**
 * The cryptography that one envelope and its receipt cannot do without, and nothing else: no headers, no JSON, no roster,
 * no checks of what is said. The functions are those of protocol/identity and protocol/envelope that the node itself uses,
 * over messages of the same lengths:
 *
 *     sender      SHA-256 and Ed25519 signature of the statement · Ed25519 signature for the delivery
 *                 X-Wing encapsulation · HPKE seal · SHA-256 and Ed25519 signature of the envelope
 *     recipient   SHA-256 and verification of the envelope · X-Wing decapsulation · HPKE open
 *                 verification for the delivery · SHA-256 and verification of the statement
 *     recipient   Ed25519 signature of the receipt · encapsulation · seal · hash and signature of its envelope
 *     sender      hash and verification of that envelope · decapsulation · open · verification of the receipt
 *
 * Five signatures and five verifications, two encapsulations and decapsulations, two seals and opens.
 */
import { concat, sha256, systemRandom } from "@wardline/protocol/encoding";
import { HEADER_BYTES, hpkeOpen, hpkeSeal, sizeClass } from "@wardline/protocol/envelope";
import {
  decapsulate,
  ed25519PublicKey,
  encapsulate,
  generateSealingKey,
  signEd25519,
  verifyEd25519,
} from "@wardline/protocol/identity";

/** Around the statement in an envelope: epoch, sequence, length, key id and two signatures. */
const AROUND_STATEMENT = 4 + 8 + 4 + 32 + 64 + 64;
const AROUND_RECEIPT = 4 + 64;
/** What a delivery signature covers: its purpose, federation, header hash, place and statement hash. */
const DELIVERY_BYTES = 160;
/** A receipt with its checkpoint in JSON. */
const RECEIPT_BYTES = 800;

/** Does all of it once for a statement of this many bytes each time it is called. */
export function bareCryptography(statementBytes: number): () => void {
  const seed = systemRandom(32);
  const key = ed25519PublicKey(seed);
  const recipient = generateSealingKey(systemRandom);
  const statement = systemRandom(statementBytes);
  const delivery = systemRandom(DELIVERY_BYTES);
  const receipt = systemRandom(RECEIPT_BYTES);
  const head = systemRandom(HEADER_BYTES);

  const verify = (message: Uint8Array, signature: Uint8Array) => {
    if (!verifyEd25519(key, message, signature)) throw new Error("A signature of our own does not verify.");
  };

  function seal(content: Uint8Array) {
    const { secret, ciphertext: encapsulation } = encapsulate(recipient.public, systemRandom);
    const ciphertext = hpkeSeal({ secret, info: sha256(head), associatedData: head }, content);
    const body = concat(encapsulation, ciphertext);
    return { encapsulation, ciphertext, body, signature: signEd25519(seed, sha256(body)) };
  }

  function open({ encapsulation, ciphertext, body, signature }: ReturnType<typeof seal>): void {
    verify(sha256(body), signature);
    const secret = decapsulate(recipient.seed, encapsulation);
    if (!hpkeOpen({ secret, info: sha256(head), associatedData: head }, ciphertext))
      throw new Error("What was sealed does not open.");
  }

  const content = new Uint8Array(sizeClass(statementBytes + AROUND_STATEMENT));
  const answer = new Uint8Array(sizeClass(RECEIPT_BYTES + AROUND_RECEIPT));

  return () => {
    sha256(statement);
    const said = signEd25519(seed, statement);
    const delivered = signEd25519(seed, delivery);
    open(seal(content));
    verify(delivery, delivered);
    sha256(statement);
    verify(statement, said);
    const receipted = signEd25519(seed, receipt);
    open(seal(answer));
    verify(receipt, receipted);
  };
}
