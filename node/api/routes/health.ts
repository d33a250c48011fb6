/** Whether the node answers: for supervisors and scripts. Says nothing about the organisation. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";

export function healthRoutes(): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/health",
      permission: "public",
      summary: "Answers once the node has started",
      response: z.object({ state: z.literal("working") }),
      handler: () => ({ state: "working" as const }),
    }),
  ];
}
