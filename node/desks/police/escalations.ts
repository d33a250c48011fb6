/** Escalations: what hotlines report to this police agency, and what it answers to them and to the finder. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { PayloadOf } from "@wardline/protocol/statements";
import { member as memberOf, type Member } from "@wardline/protocol/roster";
import type { Verdict } from "@wardline/protocol/vocabulary";
import type { Caller } from "../../accounts/index.ts";
import { compact, derivedId, type Matter, type PointerSource } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";

type Escalated = PayloadOf<"lea.escalation">;
type Status = PayloadOf<"lea.feedback">["status"];

export interface Escalation {
  id: string;
  from: string;
  report: { id: string; reference: string };
  url: string;
  hosting: Escalated["hosting"];
  origin?: { member: string; reference: string };
  urgency: Escalated["urgency"];
  note?: string;
  received: number;
  items: { id: string; url: string; sha256: string; mime: string; verdict?: Verdict }[];
  feedback: { status: Status; note?: string; at: number; pseudonym: string }[];
}

export const escalations = defineCollection<Escalation>("police.escalations", {
  indexes: {
    received: (escalation) => [[escalation.received]],
    report: ({ report }) => [[report.id]],
  },
});

/** One escalation for each report and hotline: later parts of a long list add their items to it. */
export async function receiveEscalation(unit: Unit, payload: Escalated, from: Member): Promise<void> {
  const { report, url, hosting, origin, urgency, note } = payload;
  const id = derivedId("escalation", from.id, report.id);
  const before = await unit.get(escalations, id);
  const items = payload.items.map((item) =>
    compact({
      id: item.id,
      url: item.url,
      sha256: item.digests.sha256,
      mime: item.mime,
      verdict: item.agreed?.verdict,
    }),
  );
  const fresh = items.filter((item) => !before?.items.some((one) => one.id === item.id));
  if (before && fresh.length === 0) return;
  const first: Escalation = compact({
    id,
    from: from.id,
    report: { id: report.id, reference: report.reference },
    url,
    hosting,
    origin: origin && { member: origin.member, reference: origin.reference },
    urgency,
    note,
    received: unit.now,
    items: [],
    feedback: [],
  });
  const now = before ?? first;
  unit.put(escalations, [id], {
    ...now,
    items: [...now.items, ...fresh],
    ...(urgency === "person-at-risk" && { urgency }),
  });
  unit.announce({ topic: "escalation", id });
  const detail = { member: from.id, reference: report.reference, items: fresh.length };
  unit.record({ kind: "escalation.received", subject: [report.id], actor: from.id, detail });
}

async function escalationsOf(reader: Reader, report: string): Promise<Escalation[]> {
  const found: Escalation[] = [];
  for await (const { value } of reader.list(escalations, { index: "report", prefix: [report] }))
    found.push(value);
  return found;
}

/** An escalation as what a conversation can be about: with those who escalated and found it. */
export async function escalatedMatter(reader: Reader, report: string): Promise<Matter | undefined> {
  const found = await escalationsOf(reader, report);
  const [first] = found;
  if (!first) return undefined;
  const members = found.flatMap(({ from, origin }) => (origin ? [from, origin.member] : [from]));
  return { report: first.report, where: "escalation", id: first.id, members: [...new Set(members)] };
}

/** Messages about a report can point at the items that were escalated with it. */
export const escalatedItems: PointerSource = {
  async offered(reader, report) {
    const items = (await escalationsOf(reader, report)).flatMap((escalation) => escalation.items);
    const files = new Set(items.map(({ sha256 }) => sha256));
    return [...files].map((sha256) => ({ kind: "item", sha256 }));
  },
  async place(reader, reference, report) {
    if (reference.kind !== "item") return undefined;
    const found = (await escalationsOf(reader, report)).find(({ items }) =>
      items.some(({ sha256 }) => sha256 === reference.sha256),
    );
    return found && { where: "escalation", id: found.id };
  },
};

/** @throws `desks/no-such-escalation` */
export async function requireEscalation(reader: Reader, id: string): Promise<Escalation> {
  const escalation = await reader.get(escalations, id);
  if (escalation) return escalation;
  throw new WardlineError("desks/no-such-escalation", "There is no such escalation here.", {
    advice: "Go back to the inbox.",
  });
}

export interface Answer {
  status: Status;
  note?: string | undefined;
  /** The case's reference at the police. */
  reference?: string | undefined;
}

/** Answers the hotline that escalated and the one that found it. The same answer twice in a row is said once. */
export async function answer(
  services: DeskServices,
  unit: Unit,
  id: string,
  given: Answer,
  caller: Caller,
): Promise<Escalation> {
  const escalation = await requireEscalation(unit, id);
  const { report } = escalation;
  const last = escalation.feedback.at(-1);
  if (last && last.status === given.status && last.note === given.note) return escalation;
  const pseudonym = caller.pseudonymFor(report.id);
  const payload = compact({
    report,
    status: given.status,
    note: given.note,
    reference: given.reference,
    at: unit.now,
  });
  await services.federation.say(unit, {
    type: "lea.feedback",
    to: hearers(services, escalation),
    payload,
    matter: report.id,
    about: report.id,
  });
  const feedback = compact({ status: given.status, note: given.note, at: unit.now, pseudonym });
  const answered = { ...escalation, feedback: [...escalation.feedback, feedback] };
  unit.put(escalations, [id], answered);
  unit.announce({ topic: "escalation", id });
  unit.record({
    kind: "escalation.answered",
    subject: [report.id],
    actor: `person:${pseudonym}`,
    detail: { status: given.status },
  });
  return answered;
}

/** Whoever escalated, and the finder when that is another hotline that is still a member. */
function hearers({ federation }: DeskServices, { from, origin }: Escalation): string[] {
  const finder = origin && memberOf(federation.trust(), origin.member);
  const answers = finder?.status === "active" && (finder.kind === "hotline" || finder.kind === "interpol");
  return answers && finder.id !== from ? [from, finder.id] : [from];
}
