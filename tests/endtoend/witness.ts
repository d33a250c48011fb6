/** What the story left behind, as it is seen at each node; the same whatever happened on the way. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { z } from "zod";
import type {
  contributionView,
  custodyView,
  escalationView,
  materialRequestView,
  reportDetail,
  reportSummary,
} from "../../node/casework/index.ts";
import type { Demo, DevNode, Outcome } from "../../node/demo/index.ts";
import { deliveries } from "../../node/federation/delivery/collections.ts";
import { files as interpolFiles } from "../../node/desks/interpol/records.ts";
import { ledgerProblem, opened, statementsReceived, until, untilQuiet } from "./support.ts";

type Detail = z.infer<typeof reportDetail>;
type Custody = z.infer<typeof custodyView>;
type Escalation = z.infer<typeof escalationView>;
type Contribution = z.infer<typeof contributionView>;
type Request = z.infer<typeof materialRequestView>;

/** Kinds whose number depends on when nodes looked or fell, not on what became of the report. */
const byTheWay = /^(recheck\.|notice\.sending$|item\.recognised$|item\.viewed$|capture\.)/u;

export interface Seen {
  readonly atA: Detail;
  readonly atB: Detail;
  readonly reportsAtA: readonly z.infer<typeof reportSummary>[];
  readonly reportsAtB: readonly z.infer<typeof reportSummary>[];
  readonly escalations: readonly Escalation[];
  readonly contributions: readonly Contribution[];
  readonly requests: readonly Request[];
  /** By the key of the member. */
  readonly custody: Readonly<Record<string, Custody>>;
}

/** Waits until nothing is under way any more, then looks everywhere. */
export async function lookEverywhere({ federation }: Demo, outcome: Outcome): Promise<Seen> {
  await untilQuiet(federation);
  const [a, b] = [federation.node("hotline-a"), federation.node("hotline-b")];
  const [police, interpol] = [federation.node("police-b"), federation.node("interpol")];
  const reports = (node: DevNode, person: string) => node.as(person).get<{ reports: Detail[] }>("/reports");
  const requests = await until("INTERPOL's outcome is in", async () => {
    const all = (await a.as("carl").get<{ requests: Request[] }>("/material-requests")).requests;
    return all.every(({ state }) => state === "delivered") && all;
  });
  const custody = await Promise.all(
    [a, b, police, interpol].map(async (node) => [
      node.member.key,
      await node.as("admin").get<Custody>(`/custody/${outcome.reportAtA}`),
    ]),
  );
  return {
    atA: await a.as("anna").get<Detail>(`/reports/${outcome.reportAtA}`),
    atB: await b.as("bob").get<Detail>(`/reports/${outcome.reportAtB}`),
    reportsAtA: (await reports(a, "anna")).reports,
    reportsAtB: (await reports(b, "bob")).reports,
    escalations: (await police.as("olga").get<{ escalations: Escalation[] }>("/escalations")).escalations,
    contributions: (await interpol.as("ivan").get<{ contributions: Contribution[] }>("/contributions"))
      .contributions,
    requests,
    custody: Object.fromEntries(custody) as Record<string, Custody>,
  };
}

/** How often each kind of entry stands in a custody record; statements by their type. */
function tally({ entries }: Custody): Record<string, number> {
  const kinds = entries
    .filter(({ kind }) => !byTheWay.test(kind))
    .map(({ kind, detail }) => (kind.startsWith("statement.") ? `${kind} ${String(detail["type"])}` : kind));
  const counts = Map.groupBy(kinds, (kind) => kind);
  return Object.fromEntries([...counts].map(([kind, all]) => [kind, all.length]));
}

/** Everything that the story promises; nothing of it may be missing or there twice. */
export function expectTheStory(seen: Seen): void {
  expectReports(seen);
  expectPolice(seen);
  expectInterpol(seen);
  for (const [key, { verified, checks }] of Object.entries(seen.custody))
    expect(verified, `${key}: ${JSON.stringify(checks)}`).toBe(true);
  expect(Object.fromEntries(Object.entries(seen.custody).map(([key, all]) => [key, tally(all)]))).toEqual(
    wholeRecord,
  );
}

function expectReports({ atA, atB, reportsAtA, reportsAtB }: Seen): void {
  expect(reportsAtA.map(({ id }) => id)).toEqual([atA.id]);
  expect(reportsAtB.map(({ source }) => source).sort()).toEqual(["member", "public"]);
  expect(atA).toMatchObject({ state: "removed", items: 8, open: 0, known: 1, refused: 2, country: "XB" });
  expect(atB).toMatchObject({ id: atA.id, state: "removed", source: "member", items: 5, open: 0 });
  expect(atB.origin).toMatchObject({ member: { name: "Hotline A" }, reference: atA.reference });
  expect(atA.route?.sentence).toContain(`Accepted by Hotline B as ${atB.reference}`);
  expect(verdicts(atA)).toEqual({ baseline: 3, national: 2, "not-illegal": 1 });
  expect(verdicts(atB)).toEqual({ baseline: 3, national: 2 });
  expect(atB.itemList.every(({ held, online }) => !held && online === "offline")).toBe(true);
  expect(atA.itemList.filter(({ online }) => online === "offline")).toHaveLength(5);
  for (const { deliveries: all } of [atA, atB])
    for (const { state, type } of all) expect(["accepted", "duplicate"], type).toContain(state);
  expect(atA.deliveries.map(({ type }) => type).sort()).toEqual(
    ["icse.contribution", "material.grant", "report.forward"].sort(),
  );
  for (const kind of ["reported-to-lea", "reported-to-isp", "removed"])
    expect(
      atA.actions.filter((action) => action.kind === kind),
      kind,
    ).toHaveLength(1);
}

function verdicts({ itemList }: Detail): Record<string, number> {
  const counts = Map.groupBy(
    itemList.flatMap(({ agreed }) => (agreed ? [agreed.verdict] : [])),
    (verdict) => verdict,
  );
  return Object.fromEntries([...counts].map(([verdict, all]) => [verdict, all.length]));
}

function expectPolice({ escalations, atA, atB }: Seen): void {
  // Two reports, one escalation each: that of the story, and the one which hotline B made earlier.
  expect(escalations).toHaveLength(2);
  const [escalation] = escalations.filter(({ origin }) => origin !== undefined);
  expect(escalation).toMatchObject({
    ...{ from: { name: "Hotline B" }, origin: { name: "Hotline A" }, reference: atB.reference },
    ...{ items: 3, status: "under-investigation" },
  });
  expect(escalation?.feedback).toHaveLength(1);
  for (const { feedback } of [atA, atB])
    expect(feedback.filter(({ status }) => status === "under-investigation")).toHaveLength(1);
  expect(atA.feedback.filter(({ status }) => status === "material-verified")).toHaveLength(1);
}

function expectInterpol({ contributions, requests, atA }: Seen): void {
  expect(contributions).toHaveLength(5);
  const pairs = contributions.flatMap(({ sha256, contributors }) =>
    contributors.map(({ member, report, item }) => `${sha256} ${member.name} ${report} ${item}`),
  );
  expect(new Set(pairs).size).toBe(6);
  expect(pairs).toHaveLength(6);
  const shared = contributions.filter(({ countries }) => countries.length === 2);
  expect(shared.map(({ sha256 }) => sha256)).toEqual(
    atA.itemList.filter(({ state }) => state === "known").map(({ sha256 }) => sha256),
  );
  expect(contributions.filter(({ state }) => state === "verified")).toHaveLength(1);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ state: "delivered", from: { name: "INTERPOL" }, needed: 2 });
  expect(requests[0]?.approvals.map(({ name }) => name).sort()).toEqual([
    "Carl Custodian",
    "Clara Custodian",
  ]);
}

/** The provider heard once. SMTP promises at-least-once: a mail that came again is the same mail. */
export function expectOneNotice({ provider }: Demo, { fell }: { fell: boolean }): void {
  if (!fell) expect(provider.notices).toHaveLength(1);
  expect(new Set(provider.notices.map(({ message }) => messageId(message))).size).toBe(1);
  expect(new Set(provider.notices.map(({ urls }) => [...urls].sort().join(" "))).size).toBe(1);
}

export const messageId = (message: string): string => /^message-id:\s*(\S+)/imu.exec(message)?.[1] ?? "";

/** Looks into the folders of the stopped nodes: ledgers whole, every statement received once, material as it was. */
export async function expectWholeFolders({ federation, site }: Demo, outcome: Outcome): Promise<void> {
  const { nodes, files } = federation;
  const taken = new Map<string, string[]>();
  for (const node of nodes) {
    expect(await ledgerProblem(node, files.federationId), node.member.key).toBeUndefined();
    const all = (await statementsReceived(node)).map(({ id, author }) => `${author} ${id}`);
    expect(new Set(all).size, node.member.key).toBe(all.length);
    taken.set(node.memberId, all);
  }
  for (const node of nodes) {
    const said = await opened(node, async ({ commit }) => Array.fromAsync(commit.list(deliveries)));
    for (const { value } of said)
      expect(taken.get(value.to), value.type).toContain(`${node.memberId} ${value.statement}`);
  }
  await expectSameMaterial(federation.node("interpol"), outcome, site.files);
}

/** The vault of INTERPOL holds the very bytes that the site served. */
async function expectSameMaterial(
  interpol: DevNode,
  { requestedSha256 }: Outcome,
  served: Demo["site"]["files"],
): Promise<void> {
  const [original] = [...served.values()].filter(({ body }) => sha256Of(body) === requestedSha256);
  await opened(interpol, async ({ commit, vault }) => {
    const held = (await Array.fromAsync(commit.list(interpolFiles))).filter(({ value }) => value.material);
    expect(held.map(({ value }) => value.sha256)).toEqual([requestedSha256]);
    const material = await vault.readAll(held[0]?.value.material ?? "", 10_000_000);
    expect(sha256Of(material)).toBe(requestedSha256);
    expect(Buffer.from(material).equals(Buffer.from(original?.body ?? []))).toBe(true);
  });
}

export const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The report in every node's record, kind by kind. */
const wholeRecord: Record<string, Record<string, number>> = {
  "hotline-a": {
    "hosting.traced": 1,
    "icse.contributed": 1,
    "icse.outcome": 1,
    "item.assessed": 5,
    "lea.feedback": 1,
    "material.approved": 2,
    "material.granted": 1,
    "material.requested": 1,
    "notice.outcome": 2,
    "report.assessed": 1,
    "report.received": 1,
    "report.removed": 1,
    "report.routed": 1,
    "report.update": 2,
    "statement.receipted icse.contribution": 1,
    "statement.receipted material.grant": 1,
    "statement.receipted report.forward": 1,
    "statement.received icse.outcome": 1,
    "statement.received lea.feedback": 1,
    "statement.received material.request": 1,
    "statement.received notice.outcome": 2,
    "statement.received report.update": 2,
    "statement.sent icse.contribution": 1,
    "statement.sent material.grant": 1,
    "statement.sent report.forward": 1,
  },
  "hotline-b": {
    "action.reported-to-lea": 1,
    "contact.approved": 1,
    "hosting.traced": 1,
    "lea.feedback": 1,
    "notice.approved": 1,
    "notice.sent": 1,
    "report.received": 1,
    "report.removed": 1,
    "report.routed": 1,
    "statement.receipted lea.escalation": 1,
    "statement.receipted notice.outcome": 2,
    "statement.receipted report.update": 2,
    "statement.received lea.feedback": 1,
    "statement.received report.forward": 1,
    "statement.sent lea.escalation": 1,
    "statement.sent notice.outcome": 2,
    "statement.sent report.update": 2,
  },
  "police-b": {
    "escalation.answered": 1,
    "escalation.received": 1,
    "statement.receipted lea.feedback": 2,
    "statement.received lea.escalation": 1,
    "statement.sent lea.feedback": 1,
  },
  interpol: {
    "icse.received": 1,
    "material.granted": 1,
    "material.requested": 1,
    "material.verified": 1,
    "statement.receipted icse.outcome": 1,
    "statement.receipted material.request": 1,
    "statement.received icse.contribution": 1,
    "statement.sent icse.outcome": 1,
    "statement.sent material.request": 1,
  },
};
