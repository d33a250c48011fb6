/** The API of the police inbox. */
import { z } from "zod";
import { statementTypes } from "@wardline/protocol/statements";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, escalationView } from "../../casework/index.ts";
import type { DeskServices } from "../desk.ts";
import { answer, escalations, requireEscalation, type Escalation } from "./escalations.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });
const { status } = statementTypes["lea.feedback"].payload.shape;
type View = z.infer<typeof escalationView>;

export function escalationRoutes(services: DeskServices): Route[] {
  const { commit } = services;
  return [
    defineRoute({
      method: "GET",
      path: "/escalations",
      permission: "escalation.read",
      summary: "Escalations, newest first; a person at risk before all others",
      response: z.object({ escalations: z.array(escalationView) }),
      handler: async () => {
        const found: Escalation[] = [];
        for await (const { value } of commit.list(escalations, {
          index: "received",
          reverse: true,
          limit: 500,
        }))
          found.push(value);
        const urgent = (one: Escalation) => (one.urgency === "person-at-risk" ? 0 : 1);
        return {
          escalations: found.sort((a, b) => urgent(a) - urgent(b)).map((one) => viewOf(services, one)),
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/escalations/:id",
      permission: "escalation.read",
      summary: "One escalation with its items and answers",
      params: idParams,
      response: escalationView,
      handler: async ({ params }) => viewOf(services, await requireEscalation(commit, params.id)),
    }),
    defineRoute({
      method: "POST",
      path: "/escalations/:id/feedback",
      permission: "escalation.answer",
      summary: "Answer the hotline that escalated, and the one that found it",
      params: idParams,
      body: z.object({
        status,
        note: z.string().max(4000).optional(),
        reference: z.string().max(64).optional(),
      }),
      response: escalationView,
      handler: async ({ params, body, caller }) =>
        viewOf(services, await commit.run((unit) => answer(services, unit, params.id, body, caller))),
    }),
  ];
}

function viewOf({ casework }: DeskServices, escalation: Escalation): View {
  const { id, report, url, from, origin, urgency, items, hosting, received, feedback, note } = escalation;
  return compact({
    id,
    reference: report.reference,
    report: report.id,
    url,
    from: casework.label(from),
    origin: origin && casework.label(origin.member),
    urgency,
    items: items.length,
    country: hosting.country,
    why: whyOf(escalation, casework.label(from).name, note),
    status: feedback.at(-1)?.status ?? "new",
    received,
    feedback,
    itemList: items,
  });
}

function whyOf({ items, hosting }: Escalation, from: string, note: string | undefined): string {
  const where = hosting.country === undefined ? "" : `, hosted in ${hosting.country}`;
  const what = `${from} escalated ${items.length} ${items.length === 1 ? "item" : "items"}${where}.`;
  return note === undefined ? what : `${what} “${note}”`;
}
