/** The API of removal clocks. */
import { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { labelOf, type Context } from "../context.ts";
import { requireReport } from "../reading.ts";
import { clockStatisticView, clockView, reportClocksView } from "../views.ts";
import { clocks } from "./definitions.ts";
import { readClock } from "./reading.ts";
import { clockFigures, groupings } from "./statistics.ts";

const shown = clocks.map(({ id, name, sentence, pausesWhileHeld }) => ({
  id,
  name,
  sentence,
  pausesWhileHeld,
}));

export function clockRoutes(context: Context): Route[] {
  const { commit, clock: time } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/clocks",
      permission: "statistics.read",
      summary: "The removal clocks: what each one counts",
      response: z.object({ clocks: z.array(clockView) }),
      handler: () => Promise.resolve({ clocks: shown }),
    }),
    defineRoute({
      method: "GET",
      path: "/reports/:id/clocks",
      permission: "report.read",
      summary: "What each removal clock shows for a report",
      params: z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) }),
      response: reportClocksView,
      handler: async ({ params }) => {
        const report = await requireReport(commit, params.id);
        return {
          clocks: clocks.map((one, index) => ({
            ...(shown[index] as (typeof shown)[number]),
            ...readClock(one, report, time.now()),
          })),
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/statistics/clocks",
      permission: "statistics.read",
      summary: "One clock over the reports received in a period: median, 90th percentile, shares",
      query: z.object({
        clock: z.string().max(64).default("from-receipt"),
        by: z.enum(groupings).default("all"),
        from: z.coerce.number().default(0),
        until: z.coerce.number().optional(),
      }),
      response: clockStatisticView,
      handler: async ({ query }) => {
        const index = clocks.findIndex(({ id }) => id === query.clock);
        const [definition, view] = [clocks[index], shown[index]];
        if (!definition || !view)
          throw new WardlineError("casework/no-such-clock", "There is no such clock.", {
            advice: "Ask for the list of clocks.",
          });
        const { by, from, until = time.now() + 1 } = query;
        const figures = await clockFigures(commit, definition, { from, until }, by, time.now());
        const name = (group: string) =>
          by === "hotline" && group !== "" ? labelOf(context, group).name : group;
        return {
          clock: view,
          by,
          from,
          until,
          figures: figures.map((one) => ({ ...one, group: name(one.group) })),
        };
      },
    }),
  ];
}
