/** Every text of the interface is in the catalogue, none is left over, and every word that the API sends has one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { audienceNames } from "@wardline/protocol/adverts";
import {
  changedFacts,
  changedThings,
  changeKinds,
  expiringThings,
  expiryLevels,
} from "@wardline/protocol/roster";
import { statementTypes } from "@wardline/protocol/statements";
import { actionKinds, ages, flags, genders, reasons, verdicts } from "@wardline/protocol/vocabulary";
import { roles } from "../../node/accounts/index.ts";
import {
  advertisedFileView,
  cameraView,
  clockStatisticView,
  contributionView,
  conversationDetail,
  escalationView,
  federationView,
  findingKinds,
  holdOutcomes,
  holdView,
  itemView,
  materialRequestView,
  placedHoldView,
  reportDetail,
  signingRoles,
} from "../../node/casework/index.ts";
import { ladderSteps } from "../../node/configuration/index.ts";
import { overuses } from "../../node/federation/index.ts";
import { exportView } from "../../node/export/views.ts";
import { noticeView, replyView, takedownRow, waitingContact } from "../../node/takedown/views.ts";
import { healthParts, healthStates } from "../../node/telemetry/index.ts";

const ui = fileURLToPath(new URL("../../ui/", import.meta.url));
const catalogue = JSON.parse(readFileSync(join(ui, "src/messages/en.json"), "utf8")) as Record<
  string,
  string
>;
const sources = readdirSync(join(ui, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(svelte|ts)$/u.test(path) && !path.endsWith("api-types.ts"))
  .map((path) => readFileSync(join(ui, "src", path), "utf8"))
  .join("\n");

/** Keys written out; groups whose keys are put together from a value. */
const quoted = new Set([...sources.matchAll(/"([\w-]+(?:\.[\w-]+)+)"/gu)].map(([, key]) => key ?? ""));
const asked = new Set([...sources.matchAll(/\bt\(\s*"([^"]+)"/gu)].map(([, key]) => key ?? ""));
const groups = new Set([
  ...[...sources.matchAll(/\blabel\(\s*"([\w-]+)"/gu)].map(([, group]) => group ?? ""),
  ...[...sources.matchAll(/\bt\(\s*`([\w-]+)\.\$\{/gu)].map(([, group]) => group ?? ""),
]);

const detail = reportDetail.shape;
const item = itemView.shape;
const member = federationView.shape.members.element.shape;
const police = statementTypes["lea.feedback"].payload.shape.status.options;
const interpol = statementTypes["icse.outcome"].payload.shape.outcome.options;
/** By group of keys: every value that the API sends, or that the page itself puts into a key. */
const sent: readonly (readonly [group: string, values: readonly string[]])[] = [
  ["state", detail.state.options],
  ["source", detail.source.options],
  ["hosting", detail.hosting.unwrap().shape.source.options],
  ["lookup", detail.hosting.unwrap().shape.lookup.unwrap().options],
  ["failure", ["rate-limited", "switched-off", "timeout"]],
  ["step", ladderSteps],
  ["way", noticeView.shape.way.options],
  ["noticestate", noticeView.shape.state.options],
  ["reply", replyView.shape.kind.options],
  ["takedown", takedownRow.shape.state.options],
  ["next", takedownRow.shape.next.shape.what.options],
  ["asking", waitingContact.shape.why.options],
  ["hold", [...holdView.shape.state.options, ...placedHoldView.shape.state.options]],
  ["holdoutcome", holdOutcomes],
  [
    "holdcode",
    ["takedown/hold-covers-nothing", "takedown/hold-ended", "takedown/hold-over", "takedown/hold-too-wide"],
  ],
  ["export", exportView.shape.state.options],
  ["originals", ["none", "all", "some"]],
  ["camera", Object.keys(cameraView.shape.camera.unwrap().shape)],
  ["grouping", clockStatisticView.shape.by.options],
  ["statistics", ["within24h", "within72h", "within7d"]],
  ["period", ["30", "90", "365", "all"]],
  ["delivery", detail.deliveries.element.shape.state.options],
  ["statement", Object.keys(statementTypes)],
  ["feedback", [...police, ...interpol, "new"]],
  ["outcome", interpol],
  ["item", item.state.options],
  ["kind", item.kind.options],
  ["online", item.online.options],
  ["verdict", verdicts],
  ["basis", item.assessments.element.shape.basis.options],
  ["acted", actionKinds],
  ["age", ages],
  ["gender", genders],
  ["flag", flags],
  ["reason", reasons],
  ["urgency", escalationView.shape.urgency.options],
  ["contribution", contributionView.shape.state.options],
  ["material", materialRequestView.shape.state.options],
  ["marking", conversationDetail.shape.latest.shape.marking.options],
  ["matter", conversationDetail.shape.matter.shape.where.options],
  ["pointer", conversationDetail.shape.latest.shape.references.element.shape.kind.options],
  [
    "place",
    conversationDetail.shape.latest.shape.references.element.shape.place.unwrap().shape.where.options,
  ],
  ["member", ["hotline", "lea", "interpol", "secretariat"]],
  ["status", member.status.options],
  ["freshness", federationView.shape.freshness.options],
  ["refused", ["us", "them"]],
  ["expiring", expiringThings],
  ["renewal", expiringThings],
  ["level", expiryLevels],
  ["finding", findingKinds],
  ["meaning", findingKinds],
  ["remedy", findingKinds],
  ["file", ["root", "roster", "freshness", "suspension", "card", "successor"]],
  ["signing", signingRoles],
  ["change", changeKinds],
  ["changed", changedThings],
  ["fact", changedFacts],
  ["audience", audienceNames.filter((audience) => audience !== "members")],
  ["effect", advertisedFileView.shape.effect.shape.kind.options],
  ["health", healthStates],
  ["part", healthParts],
  ["overuse", overuses],
  ["limited", ["slowed", "cut"]],
  ["role", roles],
  ["check", ["not-rolled-back", "signature", "handovers", "tree", "inclusion", "content"]],
  [
    "hindrance",
    [
      "card/two-of-one-version",
      "checkpoint/after-handover",
      "checkpoint/another-head",
      "checkpoint/before-handover",
      "checkpoint/unknown-log",
      "successor/two-of-one-version",
      "envelope/no-sealing-key",
      "envelope/recipient-does-not-receive",
      "envelope/recipient-not-active",
      "federation/clock-skew",
      "federation/epoch-opened",
      "federation/membership-expired",
      "ledger/restored",
      "mailbox/altered",
      "peer/no-capability",
      "peer/not-connected",
    ],
  ],
  ["transfer", contributionView.shape.transfer.unwrap().shape.state.options],
  [
    "wait",
    [
      "material/holder-busy",
      "material/membership-stale",
      "peer/no-capability",
      "peer/not-connected",
      "peer/stream-closed",
      "peer/timeout",
      "vault/bad-material",
      "vault/no-room",
    ],
  ],
  ["contact", ["configured", "rfc2142", "trace"]],
  ["boardage", ["day", "days", "today", "week"]],
  ["clock", Object.keys(detail.timestamps.shape)],
  ["theme", ["system", "light", "dark"]],
];

describe("the catalogue of texts", () => {
  it("has every text that a page asks for", () => {
    expect([...groups].filter((group) => !sent.some(([known]) => known === group))).toEqual([]);
    expect([...asked].filter((key) => !(key in catalogue))).toEqual([]);
  });

  it("has no text that no page asks for", () => {
    const named = new Set(sent.flatMap(([group, values]) => values.map((value) => `${group}.${value}`)));
    const used = (key: string) => quoted.has(key) || named.has(key);
    expect(Object.keys(catalogue).filter((key) => !used(key))).toEqual([]);
  });

  it("is in order, so that two translations can be compared", () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).toSorted());
  });

  it.each(sent)("names every %s that the API sends", (group, values) => {
    expect(groups).toContain(group);
    expect(values.filter((value) => !(`${group}.${value}` in catalogue))).toEqual([]);
  });
});

describe("the interface as built", () => {
  it("loads with less than 200 KB, compressed, without its fonts", () => {
    const dist = join(ui, "dist");
    const first = [
      "index.html",
      "icon.svg",
      ...readdirSync(join(dist, "assets")).map((name) => `assets/${name}`),
    ];
    const bytes = first
      .filter((name) => !name.endsWith(".woff2"))
      .reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name))).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(200_000);
  });
});
