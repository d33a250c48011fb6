/** Where a report is hosted, and was before. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import type { Context } from "../context.ts";
import { requireReport } from "../reading.ts";
import { keptTraceView } from "../views.ts";
import { tracesOf } from "./keep.ts";

export function hostingRoutes({ commit }: Pick<Context, "commit">): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/reports/:id/hosting",
      permission: "report.read",
      summary: "What traces learned of where a report is hosted, part by part, the newest first",
      params: z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) }),
      response: z.object({ traces: z.array(keptTraceView) }),
      handler: async ({ params }) => {
        await requireReport(commit, params.id);
        return { traces: await tracesOf(commit, params.id) };
      },
    }),
  ];
}
