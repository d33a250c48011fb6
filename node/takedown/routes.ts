/** The API of notices. */
import { z } from "zod";
import { defineRoute, type Route } from "../accounts/index.ts";
import { approveNotice } from "./approve.ts";
import type { Context } from "./context.ts";

export function takedownRoutes(context: Context): Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/reports/:id/notice",
      permission: "notice.approve",
      summary: "Approve the notice to the provider and the contact that it goes to",
      params: z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) }),
      body: z.object({ approveContact: z.string().min(3).max(254) }),
      response: z.object({
        notice: z.string(),
        state: z.enum(["waiting", "sending", "sent", "cancelled", "failed"]),
        sendAt: z.number(),
      }),
      handler: ({ params, body, caller }) => approveNotice(context, params.id, body.approveContact, caller),
    }),
  ];
}
