/** The API of reports and items. What a person may do is a word of the permission table; what happens is in the other files. */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { factsSchema, verdictSchema } from "@wardline/protocol/vocabulary";
import { defineRoute, jpegResponse, type Route } from "../accounts/index.ts";
import type { Context } from "./context.ts";
import { accessOf, accessSchema } from "./access.ts";
import { captureOf, controlCapture } from "./capture-control.ts";
import { custodyOf } from "./custody.ts";
import { closeReport, retryCapture } from "./changes.ts";
import { completeReport } from "./complete.ts";
import { putDraft, removeDraft } from "./drafts.ts";
import { evidenceRoutes } from "./evidence/index.ts";
import { fileReport } from "./filing.ts";
import { releaseLease, takeLease } from "./leases.ts";
import { listReports } from "./listing.ts";
import { detailOf, summaryOf } from "./present.ts";
import { requireReport } from "./reading.ts";
import type { Reveals } from "./reveal.ts";
import type { ReportedPage } from "./records.ts";
import { captureView, custodyView, reportDetail, reportStates, reportSummary } from "./views.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });
const done = z.object({ done: z.boolean() });
const reason = z.string().trim().min(3).max(1000);

export function reportRoutes(context: Context): Route[] {
  const { commit } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/reports",
      permission: "report.read",
      summary: "Reports: the queue of one state in its order, or all, newest first; `q` is an exact word",
      query: z.object({
        state: z.enum(reportStates).optional(),
        q: z.string().max(8192).optional(),
        after: z.string().max(1024).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      response: z.object({ reports: z.array(reportSummary), next: z.string().optional() }),
      handler: async ({ query }) => {
        const { found, next } = await listReports(commit, query);
        return {
          reports: found.map((report) => summaryOf(context, report)),
          ...(next !== undefined && { next }),
        };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/reports",
      permission: "report.file",
      summary: "File a URL; one that is open already is linked to",
      body: z.object({
        url: z.string().min(1).max(8192),
        source: z.enum(["public", "analyst"]),
        note: z.string().max(4000).optional(),
        access: accessSchema.optional(),
      }),
      response: z.object({ id: z.string(), reference: z.string(), linked: z.boolean() }),
      handler: ({ body, caller }) =>
        commit.run((unit) =>
          fileReport(context, unit, { ...body, actor: (id) => `person:${caller.pseudonymFor(id)}` }),
        ),
    }),
    defineRoute({
      method: "GET",
      path: "/reports/:id",
      permission: "report.read",
      summary: "A report with its items, actions, deliveries and answers",
      params: idParams,
      response: reportDetail,
      handler: async ({ params, caller }) =>
        detailOf(context, commit, await requireReport(commit, params.id), caller),
    }),
    defineRoute({
      method: "POST",
      path: "/reports/:id/lease",
      permission: "report.work",
      summary: "Take a report to work on it, or prolong the lease",
      params: idParams,
      response: reportSummary,
      handler: async ({ params, caller }) =>
        summaryOf(context, await commit.run((unit) => takeLease(context, unit, params.id, caller))),
    }),
    defineRoute({
      method: "DELETE",
      path: "/reports/:id/lease",
      permission: "report.work",
      summary: "Give a report back",
      params: idParams,
      response: done,
      handler: async ({ params, caller }) => {
        await commit.run((unit) => releaseLease(unit, params.id, caller));
        return { done: true };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/reports/:id/retry-capture",
      permission: "report.work",
      summary: "Fetch the URL again",
      params: idParams,
      response: reportSummary,
      handler: async ({ params, caller }) =>
        summaryOf(context, await commit.run((unit) => retryCapture(context, unit, params.id, caller))),
    }),
    defineRoute({
      method: "POST",
      path: "/reports/:id/close",
      permission: "report.close",
      summary: "Close a report for a stated reason",
      params: idParams,
      body: z.object({ reason }),
      response: reportSummary,
      handler: async ({ params, body, caller }) =>
        summaryOf(
          context,
          await commit.run((unit) => closeReport(context, unit, params.id, body.reason, caller)),
        ),
    }),
    defineRoute({
      method: "POST",
      path: "/reports/:id/complete",
      permission: "report.complete",
      summary: "Put the drafts on record, publish adverts and route the report",
      params: idParams,
      response: reportDetail,
      handler: async ({ params, caller }) => {
        const report = await commit.run((unit) => completeReport(context, unit, params.id, caller));
        return detailOf(context, commit, report, caller);
      },
    }),
  ];
}

export function captureRoutes(context: Context): Route[] {
  const { commit, vault, settings } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/reports/:id/capture",
      permission: "report.read",
      summary: "Where the capture of a report stands, and what it has used of its limits",
      params: idParams,
      response: captureView,
      handler: ({ params }) => captureOf(context, commit, params.id),
    }),
    defineRoute({
      method: "POST",
      path: "/reports/:id/capture/scripts",
      permission: "report.work",
      summary: "Capture the URL again in a browser that runs the scripts of its pages",
      params: idParams,
      response: captureView,
      handler: async ({ params, caller }) => {
        await commit.run((unit) => retryCapture(context, unit, params.id, caller, { scripts: true }));
        return captureOf(context, commit, params.id);
      },
    }),
    ...(["pause", "resume", "cancel"] as const).map((command) =>
      defineRoute({
        method: "POST",
        path: `/reports/:id/capture/${command}`,
        permission: "report.work",
        summary: controls[command],
        params: idParams,
        response: captureView,
        handler: async ({ params, caller }) => {
          await commit.run((unit) => controlCapture(context, unit, params.id, command, caller));
          return captureOf(context, commit, params.id);
        },
      }),
    ),
    defineRoute({
      method: "GET",
      path: "/reports/:id/access",
      permission: "report.work",
      summary: "What the reporter gave to get at the content: referrer, name and password, headers",
      params: idParams,
      response: accessSchema,
      handler: async ({ params }) => (await accessOf(commit, params.id)) ?? {},
    }),
    defineRoute({
      method: "GET",
      path: "/reports/:id/pages/:page/screenshot",
      permission: "item.preview",
      summary: "A page as its visitors see it, small, blurred and grey; pages are counted from 0",
      params: idParams.extend({ page: z.coerce.number().int().min(0).max(100_000) }),
      response: jpegResponse,
      handler: async ({ params }) => {
        const { pages } = await requireReport(commit, params.id);
        return vault.readAll(shownBy(pages[params.page]), settings.largestPreview);
      },
    }),
  ];
}

const controls = {
  pause: "Stop the capture for now; what it has found stays",
  resume: "Let a paused capture go on where it was",
  cancel: "End the capture with what it has found",
};

function shownBy(page: ReportedPage | undefined): string {
  if (page?.screenshot) return page.screenshot.preview;
  throw new WardlineError("casework/no-screenshot", "There is no picture of this page.", {
    advice: "Only pages that a browser rendered have one.",
  });
}

export function itemRoutes(context: Context, reveals: Reveals): Route[] {
  const { commit } = context;
  return [
    defineRoute({
      method: "PUT",
      path: "/items/:id/draft",
      permission: "item.classify",
      summary: "Keep a verdict as a draft; the same file elsewhere in the report gets it too",
      params: idParams,
      body: z.object({ verdict: verdictSchema, facts: factsSchema }),
      response: done,
      handler: async ({ params, body, caller }) => {
        await commit.run((unit) => putDraft(context, unit, params.id, body, caller));
        return { done: true };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/items/:id/draft",
      permission: "item.classify",
      summary: "Take a draft back",
      params: idParams,
      response: done,
      handler: async ({ params, caller }) => {
        await commit.run((unit) => removeDraft(unit, params.id, caller));
        return { done: true };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/items/:id/preview",
      permission: "item.preview",
      summary: "A small picture, blurred and grey; never of a known item",
      params: idParams,
      response: jpegResponse,
      handler: ({ params }) => reveals.preview(commit, params.id),
    }),
    defineRoute({
      method: "POST",
      path: "/items/:id/reveal",
      permission: "item.reveal",
      summary: "A ticket for one look; a known item needs a written reason",
      params: idParams,
      body: z.object({ level: z.enum(["grey", "clear"]), reason: z.string().max(1000).optional() }),
      response: z.object({ ticket: z.string(), expires: z.number() }),
      handler: ({ params, body, caller }) => reveals.ticket(commit, params.id, body, caller),
    }),
    defineRoute({
      method: "GET",
      path: "/reveals/:ticket",
      permission: "item.reveal",
      summary: "The picture of a ticket, once; the look is recorded",
      params: z.object({ ticket: z.string().regex(/^[0-9a-f]{32}$/u) }),
      response: jpegResponse,
      handler: ({ params, caller }) => reveals.redeem(params.ticket, caller),
    }),
  ];
}

export function custodyRoutes(context: Context): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/custody/:report",
      permission: "custody.read",
      summary: "The ledger of a report, each entry proved under one signed checkpoint",
      params: z.object({ report: z.string().regex(/^[0-9a-f]{32}$/u) }),
      response: custodyView,
      handler: ({ params }) => custodyOf(context, params.report),
    }),
    ...evidenceRoutes(context),
  ];
}
