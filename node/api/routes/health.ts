/** How the node is: one word for supervisors and scripts, which says nothing about the organisation; its parts for its people. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { healthParts, healthStates, type Health } from "../../telemetry/index.ts";

const state = z.enum(healthStates);
const part = z.object({ state, code: z.string().optional(), since: z.int() });

export function healthRoutes(health: Health): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/health",
      permission: "public",
      summary: "Answers once the node has started, with the worst state of its parts",
      response: z.object({ state }),
      handler: () => ({ state: health.read().state }),
    }),
    defineRoute({
      method: "GET",
      path: "/health/parts",
      permission: "federation.read",
      summary: "How each part of the node is, since when, and the code that says why",
      response: z.object({ parts: z.partialRecord(z.enum(healthParts), part) }),
      handler: () => ({ parts: health.read().parts }),
    }),
  ];
}
