/** A contact's share of a day: a mistake here must not flood anybody. What is too much waits, and is grouped meanwhile. */
import type { Unit } from "../commit/index.ts";
import { blind } from "../store/index.ts";
import type { Context } from "./context.ts";
import { put, scheduleSend } from "./enqueue.ts";
import { notices, type Notice } from "./records.ts";

const day = 24 * 60 * 60 * 1000;

/** Until when the notice must wait, if its contact was told often enough in the last 24 hours. */
export async function dayIsFull(
  { commit, clock, settings }: Context,
  { contact, state }: Notice,
): Promise<number | undefined> {
  // One that was marked may have left, and is only made sure of.
  if (state !== "waiting") return undefined;
  const sent: number[] = [];
  const latest = { index: "sent", prefix: [blind(contact)], reverse: true, limit: settings.mostPerDay };
  for await (const { value } of commit.list(notices, latest)) sent.push(value.sentAt ?? 0);
  const oldest = sent.at(-1);
  if (oldest === undefined || sent.length < settings.mostPerDay) return undefined;
  return oldest + day > clock.now() ? oldest + day : undefined;
}

export async function postpone(context: Context, unit: Unit, id: string, until: number): Promise<void> {
  const notice = await unit.get(notices, id);
  if (notice?.state === "waiting") scheduleSend(context, unit, put(unit, { ...notice, sendAt: until }));
}
