/** Passing on: a new statement carries the original whole, so that its author's signature and its addressees stay in view. */
import { WardlineError, base64, unbase64 } from "../encoding/index.ts";
import { member, type Trust } from "../roster/index.ts";
import type { EmbeddedStatement, Statement } from "./frame.ts";
import { openStatement, type SignedStatement } from "./sign.ts";

/** The form in which a statement stands in another's `originals`. */
export function embedStatement({ bytes, signature, keyId }: SignedStatement): EmbeddedStatement {
  return { bytes: base64(bytes), signature: base64(signature), keyId };
}

/**
 * Verifies every original that a statement passes on, and that its handling lets this author show it to these recipients. Throws what
 * `openStatement` throws, and `statement/not-passed-on`.
 */
export function openOriginals(statement: Statement, trust: Trust): SignedStatement[] {
  return (statement.originals ?? []).map(({ bytes, signature, keyId }) => {
    const original = openStatement(unbase64(bytes), unbase64(signature), keyId, trust);
    refuseForbidden(original.statement, statement, trust);
    return original;
  });
}

/** The author and the addressees know it already; its onward rule decides about everyone else. */
function refuseForbidden(original: Statement, passing: Statement, trust: Trust): void {
  const kindOf = (id: string) => member(trust, id)?.kind;
  const knowing = new Set([original.author, ...original.to]);
  const kinds = new Set(original.to.map(kindOf));
  const mayRead = (id: string) =>
    knowing.has(id) ||
    original.handling.onward === "members" ||
    (original.handling.onward === "same-kind" && kinds.has(kindOf(id)));
  if ([passing.author, ...passing.to].every(mayRead)) return;
  throw new WardlineError(
    "statement/not-passed-on",
    "The author did not allow this to be passed on to these members.",
    {
      advice: "Ask the author of the original.",
      details: { onward: original.handling.onward },
    },
  );
}
