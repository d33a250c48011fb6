/** The API of the lens. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import type { Context } from "../context.ts";
import { advertsView } from "../views.ts";
import { findFiles } from "./find.ts";
import { fileOf } from "./present.ts";
import { withdrawAdvert } from "./withdraw.ts";

/** SHA-256 or PDQ, SHA-1, MD5. */
const hash = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})$/u, "A hash has 32, 40 or 64 hexadecimal digits.");

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
        return { files: await Promise.all(files.map((file) => fileOf(context, commit, file))) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/adverts/:record/withdraw",
      permission: "advert.withdraw",
      summary: "Take back what this organisation advertised, at every member that holds it",
      params: z.object({ record: z.string().regex(/^[0-9a-f]{32}$/u) }),
      body: z.object({ reason: z.string().trim().min(3).max(1000) }),
      response: z.object({ done: z.boolean() }),
      handler: async ({ params, body, caller }) => {
        await commit.run((unit) => withdrawAdvert(context, unit, params.record, body.reason, caller));
        return { done: true };
      },
    }),
  ];
}
