/** Holds that this agency asked hotlines for, and what those say of them. */
import { WardlineError, hex } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import type { Member } from "@wardline/protocol/roster";
import type { Caller } from "../../accounts/index.ts";
import { compact } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import { activeMembers, handle, type DeskServices } from "../desk.ts";
import { requireEscalation } from "./escalations.ts";

type Asked = PayloadOf<"lea.hold">;
type Status = PayloadOf<"lea.hold-status">;
type Outcome = PayloadOf<"lea.release">["outcome"];

export interface PlacedHold {
  id: string;
  to: string;
  report?: { id: string; reference: string };
  reference?: string;
  contact?: string;
  legalBasis: string;
  reason: string;
  urls: string[];
  hosts: string[];
  placed: number;
  from: number;
  /** As it was asked for; the hotline's answer says how long it really runs. */
  expires: number;
  /** The statement that asked for it last: its receipt says whether it was refused. */
  statement: string;
  status?: Status;
  /** Asked to end, by a person here. */
  released?: { at: number; outcome: Outcome };
  reminded?: boolean;
  history: { at: number; event: string; urls: string[]; expires?: number }[];
}

export const placedHolds = defineCollection<PlacedHold>("police.holds", {
  indexes: { placed: (hold) => [[hold.placed]] },
});

const reminderJob = "police.hold-reminder";

export function registerHolds(services: DeskServices): void {
  handle(services, "lea.hold-status", (unit, payload, from) => applyStatus(services, unit, payload, from));
  services.jobs.register<{ hold: string }>(reminderJob, ({ hold }) =>
    Promise.resolve((unit: Unit) => remind(services, unit, hold)),
  );
}

export interface NewPlacedHold {
  /** From the inbox: its report, at the hotline that escalated. */
  escalation?: string | undefined;
  /** Left out: the hotline that escalated, else the one of this country. */
  hotline?: string | undefined;
  urls: string[];
  hosts: string[];
  reason: string;
  legalBasis: string;
  reference?: string | undefined;
  contact?: string | undefined;
  expires?: number | undefined;
}

/** @throws `desks/no-such-escalation`, `desks/no-hotline`, `desks/hold-covers-nothing`, `desks/hold-over` */
export async function askForHold(
  services: DeskServices,
  unit: Unit,
  given: NewPlacedHold,
  caller: Caller,
): Promise<PlacedHold> {
  const { escalation: escalationId, urls, hosts, reason, legalBasis, reference, contact } = given;
  const escalation = escalationId === undefined ? undefined : await requireEscalation(unit, escalationId);
  const report = escalation?.report;
  if (!report && urls.length + hosts.length === 0)
    throw new WardlineError("desks/hold-covers-nothing", "The hold names no report, address or host.", {
      advice: "Name what is to be held.",
    });
  const id = hex(services.random(16));
  const hold: PlacedHold = compact({
    ...{ id, report, reference, contact, legalBasis, reason, urls, hosts },
    to: hotlineFor(services, given.hotline ?? escalation?.from),
    placed: unit.now,
    from: unit.now,
    expires: given.expires ?? unit.now + services.settings.police.holdFor,
    statement: "",
    history: [],
  });
  return ask(services, unit, hold, caller);
}

/** Asks for the same hold again, with another end. @throws `desks/no-such-hold`, `desks/hold-ended`, `desks/hold-over` */
export async function extendHold(
  services: DeskServices,
  unit: Unit,
  id: string,
  { expires, reason }: { expires: number; reason?: string | undefined },
  caller: Caller,
): Promise<PlacedHold> {
  const hold = await requireHold(unit, id);
  if (hold.released || hold.status?.event === "ended")
    throw new WardlineError("desks/hold-ended", "This hold has ended.", { advice: "Ask for a new one." });
  return ask(services, unit, { ...hold, expires, reason: reason ?? hold.reason, reminded: false }, caller);
}

async function ask(
  services: DeskServices,
  unit: Unit,
  hold: PlacedHold,
  caller: Caller,
): Promise<PlacedHold> {
  const { id, to, report, reference, contact, legalBasis, reason, urls, hosts, from, expires } = hold;
  if (expires <= unit.now)
    throw new WardlineError("desks/hold-over", "The end of this hold has passed already.", {
      advice: "Give an end that lies ahead.",
    });
  const payload: Asked = compact({
    hold: id,
    report,
    urls,
    hosts,
    reason,
    reference,
    from,
    expires,
    contact,
  });
  const statement = await services.federation.say(unit, {
    type: "lea.hold",
    to: [to],
    payload,
    legalBasis,
    ...(report && { matter: report.id }),
    about: report?.id ?? id,
  });
  record(unit, hold, "hold.asked", caller, { member: to, expires });
  const event = hold.statement === "" ? "asked" : "asked-again";
  return put(services, unit, {
    ...hold,
    statement,
    history: [...hold.history, { at: unit.now, event, urls: [], expires }],
  });
}

/** Ends the hold at the hotline. Again: changes nothing. @throws `desks/no-such-hold` */
export async function releaseHold(
  services: DeskServices,
  unit: Unit,
  id: string,
  { outcome, note }: { outcome: Outcome; note?: string | undefined },
  caller: Caller,
): Promise<PlacedHold> {
  const hold = await requireHold(unit, id);
  if (hold.released || hold.status?.event === "ended") return hold;
  const payload = compact({ hold: id, outcome, note, at: unit.now });
  await services.federation.say(unit, {
    type: "lea.release",
    to: [hold.to],
    payload,
    ...(hold.report && { matter: hold.report.id }),
    about: hold.report?.id ?? id,
  });
  record(unit, hold, "hold.released", caller, { member: hold.to, outcome });
  return put(services, unit, {
    ...hold,
    released: { at: unit.now, outcome },
    history: [...hold.history, { at: unit.now, event: "released", urls: [] }],
  });
}

/** Only the hotline that keeps a hold says how it goes. @throws `desks/no-such-hold` */
async function applyStatus(services: DeskServices, unit: Unit, status: Status, from: Member): Promise<void> {
  const hold = await requireHold(unit, status.hold);
  if (hold.to !== from.id) throw noSuchHold();
  const { event, urls, at, expires } = status;
  unit.record({
    kind: "hold.told",
    subject: hold.report ? [hold.id, hold.report.id] : [hold.id],
    actor: from.id,
    detail: { member: from.id, event },
  });
  put(services, unit, {
    ...hold,
    // They come in the order in which they were said; the newest totals count.
    status,
    history: [...hold.history, { at, event, urls, expires }].slice(-MOST_STEPS),
  });
}

/** Most steps kept of one hold; the ledger has them all. */
const MOST_STEPS = 1_000;

/** A node away for long reminds when it is back. */
async function remind(services: DeskServices, unit: Unit, id: string): Promise<void> {
  const hold = await unit.get(placedHolds, id);
  if (!hold || isOver(hold, unit.now) || hold.reminded) return;
  if (unit.now < remindAt(services, hold)) return remindLater(services, unit, hold);
  const subject = hold.report ? [hold.id, hold.report.id] : [hold.id];
  unit.record({ kind: "hold.reminded", subject, actor: "node", detail: { expires: endOf(hold) } });
  put(services, unit, {
    ...hold,
    reminded: true,
    history: [...hold.history, { at: unit.now, event: "reminded", urls: [] }],
  });
}

/** When it ends by itself: the hotline's word counts, once it has answered what was asked last. */
export function endOf({ status, expires }: PlacedHold): number {
  return status ? Math.min(status.expires, expires) : expires;
}

export const isOver = (hold: PlacedHold, now: number) =>
  hold.released !== undefined || hold.status?.event === "ended" || now >= endOf(hold);

const remindAt = ({ settings }: DeskServices, hold: PlacedHold) => endOf(hold) - settings.police.remindBefore;

function remindLater(services: DeskServices, unit: Unit, hold: PlacedHold): void {
  const at = Math.max(unit.now, remindAt(services, hold));
  services.jobs.schedule(unit, { kind: reminderJob, id: hold.id, at, payload: { hold: hold.id } });
}

function put(services: DeskServices, unit: Unit, hold: PlacedHold): PlacedHold {
  unit.put(placedHolds, [hold.id], hold);
  unit.announce({ topic: "hold", id: hold.id });
  if (!isOver(hold, unit.now) && !hold.reminded) remindLater(services, unit, hold);
  return hold;
}

function record(
  unit: Unit,
  { id, report }: PlacedHold,
  kind: string,
  caller: Caller,
  detail: Record<string, unknown>,
): void {
  const subject = report ? [id, report.id] : [id];
  unit.record({ kind, subject, actor: `person:${caller.pseudonymFor(report?.id ?? id)}`, detail });
}

/** @throws `desks/no-hotline` */
function hotlineFor(services: DeskServices, named: string | undefined): string {
  const hotlines = activeMembers(services, "hotline");
  const { country } = services.federation.self;
  const found = hotlines.find((one) => (named === undefined ? one.country === country : one.id === named));
  if (found) return found.id;
  throw new WardlineError("desks/no-hotline", "There is no such hotline to ask.", {
    advice: "Name an active hotline of the federation.",
  });
}

/** @throws `desks/no-such-hold` */
export async function requireHold(reader: Pick<Reader, "get">, id: string): Promise<PlacedHold> {
  const hold = await reader.get(placedHolds, id);
  if (hold) return hold;
  throw noSuchHold();
}

const noSuchHold = () =>
  new WardlineError("desks/no-such-hold", "There is no such hold here.", { advice: "Go back to the list." });
