/**
 * Every statement type: who says it to whom, what it carries, and an example. The table is the contract; types, checks and
 * documentation come from it. Kinds are the rule here; what a particular member may do is its roster entry's `capabilities`.
 */
import { z } from "zod";
import type { MemberKind } from "../roster/index.ts";
import * as examples from "./examples.ts";
import * as lists from "./payloads-lists.ts";
import * as network from "./payloads-network.ts";
import * as police from "./payloads-police.ts";
import * as story from "./payloads.ts";

interface StatementRule {
  readonly payload: z.ZodType<object>;
  /** Kinds that may author it. */
  readonly from: readonly MemberKind[];
  /** Kinds that may be addressed. */
  readonly to: readonly MemberKind[];
  /** Present where the statement must state its legal basis. */
  readonly legalBasis?: "required";
  /** A payload as it stands in the JSON. */
  readonly example: object;
}

const everyone = ["hotline", "lea", "interpol", "secretariat"] as const;
/** Those who handle reports; the secretariat sees none. */
const handlers = ["hotline", "lea", "interpol"] as const;
const investigators = ["lea", "interpol"] as const;
const finders = ["hotline", "lea"] as const;

// prettier-ignore
export const statementTypes = {
  // INTERPOL is the way to countries that have no hotline.
  "report.forward":          { payload: story.reportForward, from: handlers, to: ["hotline", "interpol"], example: examples.reportForward },
  "report.update":           { payload: story.reportUpdate, from: handlers, to: handlers, example: examples.reportUpdate },
  "assessment.share":        { payload: story.assessmentShare, from: handlers, to: handlers, example: examples.assessmentShare },
  "assessment.dispute":      { payload: network.assessmentDispute, from: handlers, to: handlers, example: examples.assessmentDispute },
  "lea.escalation":          { payload: story.leaEscalation, from: ["hotline", "interpol"], to: ["lea"], example: examples.leaEscalation },
  "lea.feedback":            { payload: story.leaFeedback, from: ["lea"], to: ["hotline", "interpol"], example: examples.leaFeedback },
  "lea.hold":                { payload: police.leaHold, from: ["lea"], to: ["hotline"], legalBasis: "required", example: examples.leaHold },
  "lea.release":             { payload: police.leaRelease, from: ["lea"], to: ["hotline"], example: examples.leaRelease },
  "lea.hold-status":         { payload: police.leaHoldStatus, from: ["hotline"], to: ["lea"], example: examples.leaHoldStatus },
  "lea.deconflict":          { payload: police.leaDeconflict, from: investigators, to: investigators, example: examples.leaDeconflict },
  "check.request":           { payload: police.checkRequest, from: handlers, to: handlers, example: examples.checkRequest },
  "check.answer":            { payload: police.checkAnswer, from: handlers, to: handlers, example: examples.checkAnswer },
  // Material goes to investigators only; hotlines learn what they need from verdicts and hashes.
  "material.request":        { payload: story.materialRequest, from: investigators, to: handlers, legalBasis: "required", example: examples.materialRequest },
  "material.grant":          { payload: story.materialGrant, from: handlers, to: investigators, example: examples.materialGrant },
  // Also after a grant: it is withdrawn.
  "material.refuse":         { payload: story.materialRefuse, from: handlers, to: investigators, example: examples.materialRefuse },
  "material.cancel":         { payload: story.materialCancel, from: investigators, to: handlers, example: examples.materialCancel },
  "icse.contribution":       { payload: story.icseContribution, from: finders, to: ["interpol"], example: examples.icseContribution },
  "icse.outcome":            { payload: story.icseOutcome, from: ["interpol"], to: finders, example: examples.icseOutcome },
  "iwol.nomination":         { payload: lists.iwolNomination, from: finders, to: ["interpol"], example: examples.iwolNomination },
  "iwol.verification":       { payload: lists.iwolVerification, from: finders, to: ["interpol"], example: examples.iwolVerification },
  "iwol.review":             { payload: lists.iwolReview, from: handlers, to: handlers, example: examples.iwolReview },
  "iwol.publication":        { payload: lists.iwolPublication, from: ["interpol"], to: everyone, example: examples.iwolPublication },
  "iwol.appeal":             { payload: lists.iwolAppeal, from: everyone, to: handlers, example: examples.iwolAppeal },
  "notice.outcome":          { payload: story.noticeOutcome, from: ["hotline"], to: handlers, example: examples.noticeOutcome },
  "recall.request":          { payload: network.recallRequest, from: handlers, to: handlers, example: examples.recallRequest },
  "recall.done":             { payload: network.recallDone, from: handlers, to: handlers, example: examples.recallDone },
  "incident.breach":         { payload: network.incidentBreach, from: everyone, to: everyone, example: examples.incidentBreach },
  "incident.interruption":   { payload: network.incidentInterruption, from: everyone, to: everyone, example: examples.incidentInterruption },
  "statistics.contribution": { payload: network.statisticsContribution, from: handlers, to: ["secretariat"], example: examples.statisticsContribution },
  "conversation.message":    { payload: network.conversationMessage, from: everyone, to: everyone, example: examples.conversationMessage },
} as const satisfies Record<string, StatementRule>;

export type StatementType = keyof typeof statementTypes;
export type PayloadOf<T extends StatementType> = z.infer<(typeof statementTypes)[T]["payload"]>;

export function isStatementType(type: string): type is StatementType {
  return Object.hasOwn(statementTypes, type);
}

/** A type's payload as JSON Schema, for documentation and for implementations in other languages. */
export function payloadJsonSchema(type: StatementType): object {
  return z.toJSONSchema(statementTypes[type].payload, { io: "input" });
}
