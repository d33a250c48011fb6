/** The public half of a holder's key, for the coordinator: who holds it, where, and a proof that they do. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { base64, pae, unbase64, unhex, utf8, WardlineError } from "@wardline/protocol/encoding";
import {
  decodeIdentityPublicKey,
  encodeIdentityPublicKey,
  keyIdOf,
  signPair,
  verifyPair,
  type IdentityPublicKey,
  type IdentitySecretKey,
  type PairSignature,
} from "@wardline/protocol/identity";
import { provePair, wordsOfHash } from "@wardline/protocol/roster";

const pairProof = z
  .strictObject({ ed25519: z.string().transform(unbase64), mldsa65: z.string().transform(unbase64) })
  .transform((proof): PairSignature => proof);
const publicKey = z.string().transform((key) => decodeIdentityPublicKey(unbase64(key)));
const type = z.literal("wardline/public-key/1");

const holderSchema = z.strictObject({
  type,
  role: z.enum(["root", "registrar"]),
  holder: z.string().min(1).max(256),
  jurisdiction: z.string().regex(/^([A-Z]{2}|international)$/),
  public: publicKey,
  proof: pairProof,
});
const freshnessSchema = z.strictObject({
  type,
  role: z.literal("freshness"),
  federation: z.string().regex(/^[0-9a-f]{64}$/),
  member: z.string().regex(/^[0-9a-f]{32}$/),
  public: publicKey,
  proof: pairProof,
});
const schema = z.discriminatedUnion("role", [holderSchema, freshnessSchema]);

export type HolderKey = z.infer<typeof holderSchema>;
export type FreshnessPublicKey = z.infer<typeof freshnessSchema>;

interface Holder {
  readonly role: "root" | "registrar";
  readonly holder: string;
  readonly jurisdiction: string;
}

/** The public file of a root or registrar key, signed by it: nobody offers another's key as their own. */
export function describeHolder(key: IdentitySecretKey, { role, holder, jurisdiction }: Holder): string {
  const proof = signPair(key, claimOf(key.public, { role, holder, jurisdiction }));
  return written({ role, holder, jurisdiction }, key.public, proof);
}

/** The public file of a freshness key, with the proof that the roster asks for. */
export function describeFreshness(
  key: IdentitySecretKey,
  owner: { readonly federation: string; readonly member: string },
): string {
  const { federation, member } = owner;
  const proof = provePair(key, federation, member, "freshness");
  return written({ role: "freshness", federation, member }, key.public, proof);
}

/** Throws `cli/no-file`, `cli/not-a-public-key`, `cli/not-proven` (the key did not sign for its holder). */
export async function readHolderKey(path: string): Promise<HolderKey> {
  const read = parsePublicKey(await readFile(path, "utf8").catch(() => ""));
  if (read === undefined || read.role === "freshness") {
    throw new WardlineError("cli/not-a-public-key", `${path} holds no public key of a root or registrar.`, {
      advice: "Ask the holder for the .public.json file that `wardline roster key` wrote.",
    });
  }
  if (verifyPair(read.public, claimOf(read.public, read), read.proof)) return read;
  throw new WardlineError("cli/not-proven", `The key in ${path} has not signed for its holder.`, {
    advice: "The file was altered. Ask its holder for it again, and compare the words by telephone.",
  });
}

/** What a text says if it is a public key; its proof is still to be judged. */
export function parsePublicKey(text: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Twelve words for a key, to be read out by its holder. */
export function wordsOfKey(key: IdentityPublicKey): string {
  return wordsOfHash(unhex(keyIdOf(key), 32)).join(" ");
}

function claimOf(key: IdentityPublicKey, { role, holder, jurisdiction }: Holder): Uint8Array {
  return pae("wardline/holder/1", utf8(role), utf8(jurisdiction), utf8(holder), encodeIdentityPublicKey(key));
}

function written(fields: object, key: IdentityPublicKey, { ed25519, mldsa65 }: PairSignature): string {
  const content = {
    type: "wardline/public-key/1",
    ...fields,
    public: base64(encodeIdentityPublicKey(key)),
    proof: { ed25519: base64(ed25519), mldsa65: base64(mldsa65) },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
