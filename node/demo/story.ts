/**
 * The main job, step by step: from a reporter's URL to its removal, to the police and to INTERPOL.
 *
 * Every step is done by a person through the API and then *observed at the node that receives its effect*. Acting looks
 * before it acts, so a step can be repeated when a node was killed and came back in between.
 */
import type { z } from "zod";
import type {
  contributionView,
  custodyView,
  escalationView,
  federationView,
  materialRequestView,
  reportDetail,
  reportSummary,
} from "../casework/index.ts";
import { isAbsence, type ApiClient } from "./client.ts";
import type { Notice } from "./provider.ts";

type ReportSummary = z.infer<typeof reportSummary>;
type ReportDetail = z.infer<typeof reportDetail>;
type Escalation = z.infer<typeof escalationView>;
type Contribution = z.infer<typeof contributionView>;
type MaterialRequest = z.infer<typeof materialRequestView>;

/** Who acts in the story, each signed in at their own organisation's node. */
export interface Cast {
  readonly analystA: ApiClient;
  readonly custodianA: ApiClient;
  readonly secondCustodianA: ApiClient;
  readonly analystB: ApiClient;
  readonly officer: ApiClient;
  readonly interpol: ApiClient;
}

export interface Stage {
  readonly cast: Cast;
  /** The page that hotline B assessed earlier, and the page that is reported to hotline A. */
  readonly earlierUrl: string;
  readonly reportedUrl: string;
  /** Mails that reached the provider so far. */
  readonly notices: () => readonly Notice[];
  /** Told of each step once it was observed. */
  readonly observed: (step: number, sentence: string) => void;
  /** How long one observation may take, milliseconds. */
  readonly patience: number;
  readonly signal?: AbortSignal;
}

/** What the story left behind, for tests and for the closing words of the demo. */
export interface Outcome {
  readonly reportAtA: string;
  readonly reportAtB: string;
  readonly requestedSha256: string;
}

/** Plays the whole story and returns once its last step was observed; throws when one is not observed in time. */
export async function playStory(stage: Stage): Promise<Outcome> {
  const { cast, observed } = stage;
  let step = 0;
  const seen = (sentence: string) => observed(++step, sentence);

  const earlier = await fileReport(stage, cast.analystB, stage.earlierUrl);
  const captured = await captureOf(stage, cast.analystB, earlier);
  seen(`Hotline B captured an earlier report: ${plural(captured.items, "picture")} to classify.`);
  await classify(stage, cast.analystB, earlier, () => "baseline");
  await eventually(stage, "hotline A has the advert of hotline B", async () => {
    const { members } = await cast.analystA.get<z.infer<typeof federationView>>("/federation");
    return members.some((member) => !member.self && member.adverts > 0);
  });
  seen("Hotline B classified it; hotline A holds the signed hash advert.");

  const report = await fileReport(stage, cast.analystA, stage.reportedUrl);
  const found = await captureOf(stage, cast.analystA, report);
  const refused = found.itemList.filter((item) => item.state === "refused").length;
  seen(
    `Hotline A captured the reported URL: ${plural(found.pages.length, "page")}, ${plural(found.itemList.length - refused, "picture")}` +
      (refused > 0 ? `, and ${plural(refused, "file")} refused by name.` : "."),
  );
  const known = found.itemList.filter((item) => item.state === "known");
  if (known.length === 0) throw new Error("No picture was recognised from the advert of hotline B.");
  seen(`${plural(known.length, "picture")} already known from hotline B: verdict taken over, never shown.`);

  await classify(stage, cast.analystA, report, verdictOf);
  const atB = await eventually(stage, "hotline B has the report", () => forwardedReport(cast.analystB));
  seen(`An analyst classified the rest; hotline B received the report (${atB.items} items, no picture).`);
  await eventually(stage, "the receipt of hotline B is in", async () => {
    const { deliveries } = await cast.analystA.get<ReportDetail>(`/reports/${report}`);
    return deliveries.some((delivery) => delivery.type === "report.forward" && hasArrived(delivery));
  });
  seen("Hotline A holds hotline B's signed receipt: accepted.");

  const escalation = await eventually(stage, "the police agency has the escalation", async () => {
    const { escalations } = await cast.officer.get<{ escalations: Escalation[] }>("/escalations");
    return escalations.find(({ origin }) => origin !== undefined);
  });
  seen(`The police agency received the escalation: ${plural(escalation.items, "baseline item")}.`);
  await perform(stage, async () => {
    const { feedback } = await cast.officer.get<Escalation>(`/escalations/${escalation.id}`);
    if (feedback.length > 0) return;
    const body = { status: "under-investigation", note: "Case opened." };
    await cast.officer.post(`/escalations/${escalation.id}/feedback`, body);
  });
  await eventually(stage, "hotline A has the answer of the police", () => answered(cast.analystA, report));
  await eventually(stage, "hotline B has the answer of the police", () => answered(cast.analystB, atB.id));
  seen("The police answered “under investigation”; hotlines A and B both have it.");

  await perform(stage, () => approveNotice(cast.analystB, atB.id));
  const notice = await eventually(stage, "the provider has the notice", async () => stage.notices()[0]);
  seen(`The provider received the notice by mail: ${plural(notice.urls.length, "URL")} in XARF, no picture.`);
  await eventually(stage, "hotline B recorded the removal", () => isRemoved(cast.analystB, atB.id));
  seen("The provider acted; hotline B's re-checks confirmed the removal.");
  await eventually(stage, "hotline A sees the removal", () => isRemoved(cast.analystA, report));
  seen("Hotline A sees the removal.");

  const offered = await eventually(stage, "INTERPOL has the contribution", () =>
    offeredItem(cast.interpol, report),
  );
  seen("INTERPOL received the contribution: hashes, verdicts and countries, no material.");
  await perform(stage, () => requestMaterial(cast.interpol, offered.sha256));
  const request = await eventually(stage, "hotline A has the material request", async () => {
    const { requests } = await cast.custodianA.get<{ requests: MaterialRequest[] }>("/material-requests");
    return requests[0];
  });
  seen("Hotline A received INTERPOL's request for one item's material.");
  await perform(stage, () => approveRequest(cast.custodianA, request.id));
  await perform(stage, () => approveRequest(cast.secondCustodianA, request.id));
  await eventually(stage, "INTERPOL verified the material", async () => {
    const contribution = await contributionOf(cast.interpol, offered.sha256);
    return contribution?.state === "verified";
  });
  seen("Two people at hotline A granted it; the bytes arrived at INTERPOL and verified.");

  const custody = await eventually(stage, "the custody page of hotline A tells the whole story", async () => {
    const view = await cast.analystA.get<z.infer<typeof custodyView>>(`/custody/${report}`);
    const kinds = new Set(view.entries.map((entry) => entry.kind));
    return wholeStory.every((kind) => kinds.has(kind)) ? view : undefined;
  });
  if (!custody.verified)
    throw new Error(`The custody record did not verify: ${JSON.stringify(custody.checks)}`);
  seen(`The custody page shows all ${custody.entries.length} entries at hotline A, and verifies.`);
  return { reportAtA: report, reportAtB: atB.id, requestedSha256: offered.sha256 };
}

/** The kinds of ledger entries without which the custody record of the report would have a hole. */
const wholeStory = [
  "report.received",
  "capture.completed",
  "item.recognised",
  "item.assessed",
  "statement.sent",
  "statement.receipted",
  "statement.received",
  "material.approved",
  "material.granted",
  "icse.outcome",
];

async function fileReport(stage: Stage, person: ApiClient, url: string): Promise<string> {
  return perform(stage, async () => {
    const { reports } = await person.get<{ reports: ReportSummary[] }>("/reports?limit=100");
    const filed = reports.find((report) => report.url === url && report.source !== "member");
    return filed?.id ?? (await person.post<{ id: string }>("/reports", { url, source: "public" })).id;
  });
}

function captureOf(stage: Stage, person: ApiClient, report: string): Promise<ReportDetail> {
  return eventually(stage, "the URL is captured", async () => {
    const detail = await person.get<ReportDetail>(`/reports/${report}`);
    if (detail.state === "capture-failed")
      throw new Error(`The capture failed: ${detail.capture.note ?? "no reason given"}`);
    return detail.state === "capturing" ? undefined : detail;
  });
}

/** Drafts a verdict for every open item, in order, and completes the report; safe to repeat. */
async function classify(
  stage: Stage,
  person: ApiClient,
  report: string,
  verdict: (index: number) => string,
): Promise<void> {
  await perform(stage, async () => {
    const detail = await person.get<ReportDetail>(`/reports/${report}`);
    if (detail.state !== "to-classify") return;
    const open = detail.itemList.filter((item) => item.state === "open");
    for (const [index, item] of open.entries()) {
      if (item.draft === undefined) await person.put(`/items/${item.id}/draft`, draftOf(verdict(index)));
    }
    await person.post(`/reports/${report}/complete`);
  });
}

function draftOf(verdict: string) {
  const facts =
    verdict === "not-illegal"
      ? { reason: "below-threshold" }
      : { age: "not-categorised", gender: "not-determined", flags: [] };
  return { verdict, facts };
}

/** The verdicts of the story, item by item: every kind occurs. */
function verdictOf(index: number): string {
  return ["baseline", "national", "not-illegal"][index % 3] ?? "baseline";
}

async function forwardedReport(person: ApiClient): Promise<ReportSummary | undefined> {
  const { reports } = await person.get<{ reports: ReportSummary[] }>("/reports?limit=100");
  return reports.find((report) => report.source === "member");
}

/** Also `duplicate`: it was accepted, and the first receipt was lost with a node that fell. */
const hasArrived = ({ state }: ReportDetail["deliveries"][number]) =>
  state === "accepted" || state === "duplicate";

async function answered(person: ApiClient, report: string): Promise<boolean> {
  const { feedback } = await person.get<ReportDetail>(`/reports/${report}`);
  return feedback.some((answer) => answer.status === "under-investigation");
}

async function isRemoved(person: ApiClient, report: string): Promise<boolean> {
  return (await person.get<ReportDetail>(`/reports/${report}`)).state === "removed";
}

async function approveNotice(person: ApiClient, report: string): Promise<void> {
  const detail = await person.get<ReportDetail>(`/reports/${report}`);
  if (detail.state === "to-notify")
    await person.post(`/reports/${report}/notice`, { approveContact: detail.abuseContact?.address ?? "" });
}

async function contributionOf(person: ApiClient, sha256: string): Promise<Contribution | undefined> {
  const { contributions } = await person.get<{ contributions: Contribution[] }>("/contributions");
  return contributions.find((contribution) => contribution.sha256 === sha256);
}

/** The first item whose material hotline A holds and offered with the report of the story. */
async function offeredItem(person: ApiClient, report: string): Promise<Contribution | undefined> {
  const { contributions } = await person.get<{ contributions: Contribution[] }>("/contributions");
  return contributions.find(
    ({ verdict, contributors }) =>
      verdict === "baseline" &&
      contributors.length === 1 &&
      contributors[0]?.held &&
      contributors[0].report === report,
  );
}

async function requestMaterial(person: ApiClient, sha256: string): Promise<void> {
  const contribution = await contributionOf(person, sha256);
  const holder = contribution?.contributors[0];
  if (contribution?.state !== "offered" || !holder) return;
  const body = {
    member: holder.member.id,
    purpose: "Comparison with ICSE",
    legalBasis: "INTERPOL Rules on the Processing of Data, Article 10",
  };
  await person.post(`/contributions/${sha256}/request`, body);
}

async function approveRequest(person: ApiClient, id: string): Promise<void> {
  const { requests } = await person.get<{ requests: MaterialRequest[] }>("/material-requests");
  const request = requests.find((each) => each.id === id);
  if (request?.state === "waiting" && request.blocked === undefined)
    await person.post(`/material-requests/${id}/approve`);
}

/** Repeats an action while the node is away (killed, restarting); every other failure is final. */
async function perform<T>(stage: Stage, action: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + stage.patience;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!isAbsence(error) || Date.now() > deadline) throw error;
      await pause(stage);
    }
  }
}

/** Looks again and again until there is something to see. */
async function eventually<T>(
  stage: Stage,
  what: string,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + stage.patience;
  for (;;) {
    const found = await perform(stage, look);
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Not observed within ${stage.patience / 1000} s: ${what}.`);
    await pause(stage);
  }
}

async function pause(stage: Stage): Promise<void> {
  stage.signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 200));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
