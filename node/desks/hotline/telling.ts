/** How a report is told to another member: items in statements of a size that fits, and never the material. */
import type { PayloadOf, SharedItem } from "@wardline/protocol/statements";
import { compact, without, type Item, type Report } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { DeskServices } from "../desk.ts";

/** Most bytes of items in one statement: well under the 1 MiB that a statement may have. */
const mostBytes = 600_000;
/** As the payload schemas allow. */
const mostItems = 500;

/** Both sides' words for the report, as statements carry them. */
export const referenceOf = ({ id, reference }: Report) => ({ id, reference });

/** Cuts a list of items into statements. */
export function inParts(items: readonly SharedItem[]): SharedItem[][] {
  const parts: SharedItem[][] = [];
  let size = Infinity;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    const last = parts.at(-1);
    if (!last || last.length >= mostItems || size + bytes > mostBytes) {
      parts.push([item]);
      size = bytes;
    } else {
      last.push(item);
      size += bytes;
    }
  }
  return parts;
}

type WithItems = "report.forward" | "lea.escalation" | "icse.contribution";

/** Says one statement for each part of the items, all in this unit. */
export async function sayWithItems<T extends WithItems>(
  { federation, casework }: DeskServices,
  unit: Unit,
  said: {
    type: T;
    to: string;
    report: Report;
    items: readonly Item[];
    more: Omit<PayloadOf<T>, "items" | "report" | "url" | "hosting">;
  },
): Promise<void> {
  const { type, to, report, items, more } = said;
  const hosting = report.hosting
    ? without(report.hosting, "contacts", "countries", "lookup")
    : { host: report.host, source: "unknown" as const, tracedAt: unit.now };
  for (const part of inParts(items.map((item) => casework.shared(report, item)))) {
    const common = { report: referenceOf(report), url: report.url, hosting: compact(hosting), items: part };
    // The three payloads share these fields; their schemas check the whole before it is signed.
    const payload = { ...common, ...more } as unknown as PayloadOf<T>;
    await federation.say(unit, { type, to: [to], payload, matter: report.id, about: report.id });
  }
}
