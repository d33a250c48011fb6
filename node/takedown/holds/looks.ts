/** Looks at what is held: they are its measured cost, and what they find is told to its owner. */
import type { Unit } from "../../commit/index.ts";
import type { Context } from "../context.ts";
import type { Looked } from "../looking.ts";
import type { WatchEvent } from "../watch.ts";
import { afterLook } from "./cost.ts";
import { helds, holds, isInForce, type Held, type HeldUrl } from "./records.ts";
import { without } from "../../casework/index.ts";
import { tellOwner } from "./tell.ts";

/** Counts the looks just taken for each hold on this report. */
export async function noteLooks(
  context: Context,
  unit: Unit,
  report: string,
  looked: readonly Looked[],
  events: ReadonlyMap<string, WatchEvent>,
): Promise<void> {
  for (const held of await heldNow(unit, report)) {
    const urls = held.urls.map((url) => {
      const look = looked.find(({ target }) => target.item === url.item)?.look;
      return look ? withEvent(afterLook(url, look, unit.now), events.get(url.item), unit.now) : url;
    });
    unit.put(helds, [held.hold, report], { ...held, urls });
    await tellOf(context, unit, held, events, "offline", "gone");
    await tellOf(context, unit, held, events, "back-online", "back-online");
  }
}

function withEvent(url: HeldUrl, event: WatchEvent | undefined, now: number): HeldUrl {
  if (event === "offline") return { ...url, gone: now };
  return event === "back-online" ? without(url, "gone") : url;
}

async function tellOf(
  context: Context,
  unit: Unit,
  held: Held,
  events: ReadonlyMap<string, WatchEvent>,
  wanted: WatchEvent,
  event: "gone" | "back-online",
): Promise<void> {
  const urls = held.urls.filter(({ item }) => events.get(item) === wanted).map(({ url }) => url);
  const hold = urls.length > 0 ? await unit.get(holds, held.hold) : undefined;
  if (!hold || !isInForce(hold)) return;
  unit.record({
    kind: `hold.${event}`,
    subject: [held.report, hold.id],
    actor: "node",
    detail: { items: urls.length },
  });
  await tellOwner(context, unit, hold, event, urls);
}

/** The host of these items of the report has changed. */
export async function noteMoved(
  context: Context,
  unit: Unit,
  report: string,
  items: ReadonlySet<string>,
): Promise<void> {
  for (const held of await heldNow(unit, report)) {
    const moved = held.urls.filter((url) => items.has(url.item) && url.moved === undefined);
    const hold = moved.length > 0 ? await unit.get(holds, held.hold) : undefined;
    if (!hold) continue;
    const urls = held.urls.map((url) => (moved.includes(url) ? { ...url, moved: unit.now } : url));
    unit.put(helds, [held.hold, report], { ...held, urls });
    if (isInForce(hold))
      await tellOwner(
        context,
        unit,
        hold,
        "moved",
        moved.map(({ url }) => url),
      );
  }
}

async function heldNow(unit: Unit, report: string): Promise<Held[]> {
  const found: Held[] = [];
  for await (const { value } of unit.list(helds, { index: "report", prefix: [report] })) found.push(value);
  return found;
}
