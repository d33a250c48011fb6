/** The API of material requests. */
import { z } from "zod";
import { defineRoute, type Caller, type Route } from "../../accounts/index.ts";
import { materialRequestView } from "../../casework/index.ts";
import type { DeskServices } from "../desk.ts";
import { withdrawByPerson } from "./endings.ts";
import { approve, grantPurpose, refuseByPerson } from "./grants.ts";
import { requests, type MaterialRequest } from "./requests.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });
type View = z.infer<typeof materialRequestView>;

export function materialRoutes(services: DeskServices): Route[] {
  const { commit } = services;
  return [
    defineRoute({
      method: "GET",
      path: "/material-requests",
      permission: "material.read",
      summary: "Requests for material that is held here, newest first",
      response: z.object({ requests: z.array(materialRequestView) }),
      handler: async ({ caller }) => {
        const views: View[] = [];
        for await (const { value } of commit.list(requests, { index: "received", reverse: true, limit: 500 }))
          views.push(await viewOf(services, value, caller));
        return { requests: views };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/material-requests/:id/approve",
      permission: "material.approve",
      summary: "Approve the release; with the second person's approval the grant is made",
      params: idParams,
      response: materialRequestView,
      handler: async ({ params, caller }) =>
        viewOf(services, await approve(services, params.id, caller), caller),
    }),
    defineRoute({
      method: "POST",
      path: "/material-requests/:id/refuse",
      permission: "material.refuse",
      summary: "Refuse the release, with a reason that the requester reads",
      params: idParams,
      body: z.object({ reason: z.string().trim().min(3).max(1000) }),
      response: materialRequestView,
      handler: async ({ params, body, caller }) => {
        const request = await commit.run((unit) =>
          refuseByPerson(services, unit, params.id, body.reason, caller),
        );
        return viewOf(services, request, caller);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/material-requests/:id/withdraw",
      permission: "material.refuse",
      summary: "Withdraw a grant that was not fetched yet, with a reason that the requester reads",
      params: idParams,
      body: z.object({ reason: z.string().trim().min(3).max(1000) }),
      response: materialRequestView,
      handler: async ({ params, body, caller }) => {
        const request = await commit.run((unit) =>
          withdrawByPerson(services, unit, params.id, body.reason, caller),
        );
        return viewOf(services, request, caller);
      },
    }),
  ];
}

async function viewOf(
  { commit, casework, approvals, clock, federation }: DeskServices,
  request: MaterialRequest,
  caller: Caller,
): Promise<View> {
  const { id, from, report, reference, item, purpose, legalBasis, received, state, grant, reason } = request;
  const subject = { purpose: grantPurpose, subject: id };
  const given = await approvals.of(commit, subject, clock.now());
  const givenView = ({ id: grantId, bytes: total }: { id: string; bytes: number }) => {
    const { upTo = 0, perSecond = 0, at } = federation.material.given(grantId) ?? {};
    return { received: upTo, total, perSecond, ...(at !== undefined && { at }) };
  };
  const blocked =
    state === "waiting" ? await approvals.blocked(commit, { ...subject, caller }, clock.now()) : undefined;
  return {
    id,
    from: casework.label(from),
    report,
    reference,
    item,
    purpose,
    legalBasis,
    received,
    state,
    approvals: given.map(({ name, at }) => ({ name, at })),
    needed: approvals.needed,
    ...(blocked !== undefined && { blocked }),
    ...(reason !== undefined && { reason }),
    ...(grant && state === "granted" && { expires: grant.expires, transfer: givenView(grant) }),
  };
}
