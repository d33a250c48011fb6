/** The API of the lens. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import type { Context } from "../context.ts";
import { advertsView, holdersView } from "../views.ts";
import { endDispute, openDispute } from "./dispute.ts";
import { findFiles } from "./find.ts";
import { askHolders } from "./holders.ts";
import { fileOf } from "./present.ts";
import { withdrawAdvert } from "./withdraw.ts";

/** SHA-256 or PDQ, SHA-1, MD5. */
const hash = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})$/u, "A hash has 32, 40 or 64 hexadecimal digits.");

const id = z.string().regex(/^[0-9a-f]{32}$/u);
const reason = z.string().trim().min(3).max(1000);
const done = z.object({ done: z.boolean() });

export function advertRoutes(context: Context): Route[] {
  const { commit } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/adverts",
      permission: "advert.read",
      summary: "Who advertised a hash (SHA-256, SHA-1, MD5; PDQ also near) and what follows from it here",
      query: z.object({ hash }),
      response: advertsView,
      handler: async ({ query }) => {
        const files = await findFiles(context, commit, query.hash);
        const shown = await Promise.all(files.map((file) => fileOf(context, commit, file)));
        return { files: shown, askable: context.federation.announcing };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/adverts/:sha256/holders",
      permission: "advert.ask-holders",
      summary:
        "Ask other members who holds a file now. Asking tells members near this key that somebody asks, and those found for which file; it is recorded",
      params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/u) }),
      response: holdersView,
      handler: ({ params, caller }) => askHolders(context, params.sha256, caller),
    }),
    defineRoute({
      method: "POST",
      path: "/adverts/:record/withdraw",
      permission: "advert.withdraw",
      summary: "Take back what this organisation advertised, at every member that holds it",
      params: z.object({ record: id }),
      body: z.object({ reason }),
      response: done,
      handler: async ({ params, body, caller }) => {
        await commit.run((unit) => withdrawAdvert(context, unit, params.record, body.reason, caller));
        return { done: true };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/adverts/:member/:record/dispute",
      permission: "advert.dispute",
      summary: "Dispute another member's advert, from a look of this organisation's own",
      params: z.object({ member: id, record: id }),
      body: z.object({ reason }),
      response: done,
      handler: async ({ params, body }) => {
        await commit.run((unit) => openDispute(context, unit, params, body.reason));
        return { done: true };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/disputes/:id/withdraw",
      permission: "advert.dispute",
      summary: "End a dispute of this organisation",
      params: z.object({ id }),
      response: done,
      handler: async ({ params }) => {
        await commit.run((unit) => endDispute(context, unit, params.id));
        return { done: true };
      },
    }),
  ];
}
