/** Which URLs of a report a notice names. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Item, Report } from "../casework/index.ts";
import type { Reader } from "../store/index.ts";
import type { Context } from "./context.ts";
import type { Target } from "./records.ts";
import { isFetchable, isSameHosting, tracedOf, type Traces } from "./tracing.ts";

/**
 * Items that may be acted on and are with the same provider as the page; what lies elsewhere is another notice.
 * @throws `takedown/nothing-to-notify`
 */
export async function targetsOf(
  { casework }: Context,
  reader: Reader,
  report: Report,
  traces: Traces,
): Promise<Target[]> {
  const items = await casework.actionable(reader, report, await casework.itemsOf(reader, report.id));
  const here = items.filter(
    (item) =>
      item.online !== "offline" &&
      isFetchable(addressOf(item)) &&
      isSameHosting(report.hosting, tracedOf(traces, addressOf(item))),
  );
  if (here.length > 0) return here.map((item) => targetOf(report, item));
  throw new WardlineError("takedown/nothing-to-notify", "No item of this report may be acted on yet.", {
    advice: "Look at an item and give it a verdict of your own, or wait until a second member has looked.",
  });
}

export function targetOf(report: Report, item: Item): Target {
  const { country, provider } = report.hosting ?? {};
  const { id, foundOn, digests } = item;
  return {
    report: report.id,
    item: id,
    // In its one form: what a member wrote may hold line breaks, and stands in the mail's text.
    url: new URL(addressOf(item)).href,
    sha256: digests.sha256,
    foundOn,
    ...(digests.pdq !== undefined && { picture: { pdq: digests.pdq, quality: digests.quality ?? 0 } }),
    ...(isEmbedded(item) && { embedded: true }),
    ...(country && { country }),
    ...(provider && { provider }),
  };
}

/** A picture that is written into its page has no address of its own. */
const isEmbedded = ({ url }: Item) => url.startsWith("data:");
export const addressOf = (item: Item) => (isEmbedded(item) ? item.foundOn : item.url);
