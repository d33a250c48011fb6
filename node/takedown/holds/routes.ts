/** The API of holds at a hotline: what police asked for, and what arrived by letter. */
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { derivedId, holdOutcomes, holdStatisticView, holdView } from "../../casework/index.ts";
import type { Context } from "../context.ts";
import { holdStatistic } from "./cost.ts";
import { endHold, requireHold } from "./ending.ts";
import { placeHold } from "./place.ts";
import { viewOf } from "./present.ts";
import { helds, holds, type Hold } from "./records.ts";
import { requireLetter } from "./letters.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });
const words = (most: number) => z.string().trim().min(3).max(most);

const letter = z.object({
  agency: words(200),
  reference: z.string().trim().max(64).optional(),
  contact: z.string().trim().max(256).optional(),
  legalBasis: words(1000),
  reason: words(1000),
  report: z
    .string()
    .regex(/^[0-9a-f]{32}$/u)
    .optional(),
  urls: z.array(z.string().min(1).max(8192)).max(500).default([]),
  hosts: z.array(z.string().min(1).max(255)).max(100).default([]),
  /** Left out: as the settings say. */
  expires: z.number().optional(),
});

export function holdRoutes(context: Context): Route[] {
  const { commit, settings } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/holds",
      permission: "hold.read",
      summary: "Holds, newest first; with `report` those on one report",
      query: z.object({ report: idParams.shape.id.optional() }),
      response: z.object({ holds: z.array(holdView) }),
      handler: async ({ query }) => {
        const found = query.report === undefined ? newest(context) : onReport(context, query.report);
        const views = [];
        for await (const hold of found) views.push(await viewOf(context, commit, hold));
        return { holds: views };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/holds",
      permission: "hold.enter",
      summary: "Enter a hold that arrived by letter",
      body: letter,
      response: holdView,
      handler: async ({ body, caller }) => {
        const { agency, reference, contact, report, urls, hosts, legalBasis, reason, expires } = body;
        const hold = await commit.run((unit) => {
          const number = derivedId("letter", agency, reference ?? "", String(unit.now));
          return placeHold(context, unit, {
            id: derivedId("hold", "letter", number),
            owner: {
              hold: number,
              agency,
              ...(reference !== undefined && { reference }),
              ...(contact !== undefined && { contact }),
            },
            scope: { reports: report === undefined ? [] : [report], urls, hosts },
            ...{ legalBasis, reason, from: unit.now },
            expires: expires ?? unit.now + settings.holds.usual,
            by: `person:${caller.pseudonymFor(number)}`,
          });
        });
        return viewOf(context, commit, hold);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/holds/:id/extend",
      permission: "hold.enter",
      summary: "Move the end of a hold that arrived by letter, as another letter asks",
      params: idParams,
      body: z.object({ expires: z.number(), reason: words(1000).optional() }),
      response: holdView,
      handler: async ({ params, body, caller }) => {
        const hold = await commit.run(async (unit) => {
          const before = await requireLetter(unit, params.id);
          return placeHold(context, unit, {
            ...before,
            reason: body.reason ?? before.reason,
            expires: body.expires,
            by: `person:${caller.pseudonymFor(before.owner.hold)}`,
          });
        });
        return viewOf(context, commit, hold);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/holds/:id/release",
      permission: "hold.enter",
      summary: "Release a hold that arrived by letter, as another letter says",
      params: idParams,
      body: z.object({ outcome: z.enum(holdOutcomes).exclude(["expired"]), note: words(1000).optional() }),
      response: holdView,
      handler: async ({ params, body, caller }) => {
        const hold = await commit.run(async (unit) => {
          const { owner } = await requireLetter(unit, params.id);
          const by = `person:${caller.pseudonymFor(owner.hold)}`;
          return endHold(context, unit, params.id, { ...body, by });
        });
        return viewOf(context, commit, hold);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/holds/statistics",
      permission: "hold.read",
      summary: "What the holds of a period cost",
      query: z.object({ from: z.coerce.number().default(0), until: z.coerce.number().optional() }),
      response: holdStatisticView,
      handler: ({ query: { from, until } }) => holdStatistic(commit, from, until ?? context.clock.now() + 1),
    }),
    defineRoute({
      method: "GET",
      path: "/holds/:id",
      permission: "hold.read",
      summary: "One hold with its cost and history",
      params: idParams,
      response: holdView,
      handler: async ({ params }) => viewOf(context, commit, await requireHold(commit, params.id)),
    }),
  ];
}

async function* newest({ commit }: Context): AsyncGenerator<Hold> {
  for await (const { value } of commit.list(holds, { index: "placed", reverse: true, limit: 500 }))
    yield value;
}

async function* onReport({ commit }: Context, report: string): AsyncGenerator<Hold> {
  for await (const { value } of commit.list(helds, { index: "of-report", prefix: [report] }))
    yield await requireHold(commit, value.hold);
}
