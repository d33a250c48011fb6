/** One author, one statement id, two contents: a pair that proves, to anyone with the roster, that the author told two stories. */
import type { Trust } from "../roster/index.ts";
import { openStatement, type SignedStatement } from "./sign.ts";

type Signed = Pick<SignedStatement, "bytes" | "signature" | "keyId">;

export interface TwoContents {
  readonly author: string;
  readonly id: string;
  readonly first: Signed;
  readonly second: Signed;
}

/**
 * The proof in two signed statements, or undefined when they are no contradiction. Both are verified here, so it can be used on a pair
 * from anywhere; throws what `openStatement` throws for a statement that does not verify.
 */
export function twoContents(first: Signed, second: Signed, trust: Trust): TwoContents | undefined {
  const [one, other] = [first, second].map(({ bytes, signature, keyId }) =>
    openStatement(bytes, signature, keyId, trust),
  ) as [SignedStatement, SignedStatement];
  const { author, id } = one.statement;
  if (other.statement.author !== author || other.statement.id !== id || other.hash === one.hash) {
    return undefined;
  }
  return { author, id, first, second };
}
