import { z } from "zod";
import { defineRoute, downloadResponse, type Caller, type Route } from "../accounts/index.ts";
import { makePackage } from "./package.ts";
import { requireRequest, type ExportRequest } from "./records.ts";
import { approve, ask, exportPurpose, listRequests, refuse } from "./requests.ts";
import type { ExportServices } from "./services.ts";
import { exportView } from "./views.ts";

const id = z.string().regex(/^[0-9a-f]{32}$/u);
const idParams = z.object({ id });
const sentence = (most: number) => z.string().trim().min(3).max(most);

const wanted = z.object({
  report: id,
  reason: sentence(1000).describe("For which proceeding, on what legal ground"),
  receiver: sentence(200).describe("Whose keys the recipients are"),
  recipients: z.array(z.string().trim().min(1).max(4000)).min(1).max(10).describe("age recipients"),
  archives: z.boolean().describe("The web archives too, which hold every file that the site sent"),
  originals: z.union([z.enum(["all", "none"]), z.array(id).max(10_000)]),
});

export function exportRoutes(services: ExportServices): Route[] {
  const { commit } = services;
  const shown = (request: ExportRequest, caller: Caller) => viewOf(services, request, caller);
  return [
    defineRoute({
      method: "GET",
      path: "/exports",
      permission: "export.read",
      summary: "Exports for courts, newest first; of one report, or all",
      query: z.object({ report: id.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
      response: z.object({ exports: z.array(exportView) }),
      handler: async ({ query, caller }) => {
        const found = await listRequests(services, query.report, query.limit);
        return { exports: await Promise.all(found.map((request) => shown(request, caller))) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/exports",
      permission: "export.request",
      summary: "Ask for an export of a report, for a stated reason and receiver",
      body: wanted,
      response: exportView,
      handler: async ({ body, caller }) =>
        shown(await commit.run((unit) => ask(services, unit, body, caller)), caller),
    }),
    defineRoute({
      method: "GET",
      path: "/exports/:id",
      permission: "export.read",
      summary: "One export",
      params: idParams,
      response: exportView,
      handler: async ({ params, caller }) => shown(await requireRequest(commit, params.id), caller),
    }),
    defineRoute({
      method: "POST",
      path: "/exports/:id/approve",
      permission: "export.approve",
      summary: "Agree to an export; it takes two people",
      params: idParams,
      response: exportView,
      handler: async ({ params, caller }) =>
        shown(await commit.run((unit) => approve(services, unit, params.id, caller)), caller),
    }),
    defineRoute({
      method: "POST",
      path: "/exports/:id/refuse",
      permission: "export.refuse",
      summary: "Refuse an export, with the reason",
      params: idParams,
      body: z.object({ reason: sentence(1000) }),
      response: exportView,
      handler: async ({ params, body, caller }) =>
        shown(await commit.run((unit) => refuse(unit, params.id, body.reason, caller)), caller),
    }),
    defineRoute({
      method: "GET",
      path: "/exports/:id/package",
      permission: "export.fetch",
      summary: "The package, encrypted to the receiver; each time is recorded",
      params: idParams,
      response: downloadResponse,
      handler: ({ params, caller }) => makePackage(services, params.id, caller),
    }),
  ];
}

async function viewOf(
  { commit, approvals, clock }: ExportServices,
  request: ExportRequest,
  caller: Caller,
): Promise<z.input<typeof exportView>> {
  const subject = { purpose: exportPurpose, subject: request.id };
  const now = clock.now();
  const given = await approvals.of(commit, subject, now);
  const blocked =
    request.state === "waiting" ? await approvals.blocked(commit, { ...subject, caller }, now) : undefined;
  const expired = request.expires !== undefined && request.expires <= now;
  return {
    ...request,
    state: expired ? "expired" : request.state,
    approvals: given.map(({ name, at }) => ({ name, at })),
    needed: approvals.needed,
    ...(blocked !== undefined && { blocked }),
  };
}
