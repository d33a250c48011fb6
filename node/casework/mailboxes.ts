/** Where a statement waits that its recipient cannot be given now, in words. */
import type { PlacedDelivery } from "../federation/index.ts";
import { labelOf, type Context } from "./context.ts";

/** Undefined for what waits at this node alone, or does not wait. */
export function waitsWith(context: Context, { mailboxes = [] }: PlacedDelivery): string | undefined {
  const names = mailboxes.map((id) => labelOf(context, id).name);
  const last = names.pop();
  if (last === undefined) return undefined;
  return names.length === 0
    ? `It waits, sealed, in the mailbox of ${last}.`
    : `It waits, sealed, in the mailboxes of ${names.join(", ")} and ${last}.`;
}
