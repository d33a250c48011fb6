/** The API of holds at police. */
import { z } from "zod";
import { statementTypes } from "@wardline/protocol/statements";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, placedHoldView } from "../../casework/index.ts";
import type { Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";
import {
  askForHold,
  endOf,
  extendHold,
  isOver,
  placedHolds,
  releaseHold,
  requireHold,
  type PlacedHold,
} from "./holds.ts";

const id = z.string().regex(/^[0-9a-f]{32}$/u);
const words = (most: number) => z.string().trim().min(3).max(most);
const { outcome } = statementTypes["lea.release"].payload.shape;
type View = z.infer<typeof placedHoldView>;

const newHold = z.object({
  escalation: id.optional(),
  hotline: id.optional(),
  urls: z.array(z.string().min(1).max(8192)).max(500).default([]),
  hosts: z.array(z.string().min(1).max(255)).max(100).default([]),
  legalBasis: words(1000),
  reason: words(1000),
  reference: z.string().trim().max(64).optional(),
  contact: z.string().trim().max(256).optional(),
  /** Milliseconds since 1970. Left out: as the settings say. */
  expires: z.int().optional(),
});

export function placedHoldRoutes(services: DeskServices): Route[] {
  const { commit } = services;
  const view = (hold: PlacedHold) => viewOf(services, commit, hold);
  return [
    defineRoute({
      method: "GET",
      path: "/holds",
      permission: "hold.read",
      summary: "Holds that were asked of hotlines, newest first, with what they cost",
      response: z.object({ holds: z.array(placedHoldView) }),
      handler: async () => {
        const holds: View[] = [];
        for await (const { value } of commit.list(placedHolds, {
          index: "placed",
          reverse: true,
          limit: 500,
        }))
          holds.push(await view(value));
        return { holds };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/holds",
      permission: "hold.place",
      summary: "Ask a hotline not to tell a provider yet",
      body: newHold,
      response: placedHoldView,
      handler: async ({ body, caller }) =>
        view(await commit.run((unit) => askForHold(services, unit, body, caller))),
    }),
    defineRoute({
      method: "GET",
      path: "/holds/:id",
      permission: "hold.read",
      summary: "One hold with its cost and history",
      params: z.object({ id }),
      response: placedHoldView,
      handler: async ({ params }) => view(await requireHold(commit, params.id)),
    }),
    defineRoute({
      method: "POST",
      path: "/holds/:id/extend",
      permission: "hold.place",
      summary: "Ask for the hold again, with another end",
      params: z.object({ id }),
      body: z.object({ expires: z.int(), reason: words(1000).optional() }),
      response: placedHoldView,
      handler: async ({ params, body, caller }) =>
        view(await commit.run((unit) => extendHold(services, unit, params.id, body, caller))),
    }),
    defineRoute({
      method: "POST",
      path: "/holds/:id/release",
      permission: "hold.place",
      summary: "End the hold: the provider may be told, or should not be",
      params: z.object({ id }),
      body: z.object({ outcome: outcome.exclude(["expired"]), note: words(4000).optional() }),
      response: placedHoldView,
      handler: async ({ params, body, caller }) =>
        view(await commit.run((unit) => releaseHold(services, unit, params.id, body, caller))),
    }),
  ];
}

const DAY = 86_400_000;

async function viewOf(services: DeskServices, reader: Reader, hold: PlacedHold): Promise<View> {
  const { casework, clock, settings } = services;
  const { to, status, released, urls, hosts, report, history } = hold;
  const { reference, contact, legalBasis, reason, placed, from } = hold;
  const refusal = status ? undefined : await refusalOf(services, reader, hold);
  const now = clock.now();
  const over = isOver(hold, now);
  return compact({
    ...{ id: hold.id, report, reference, contact, legalBasis, reason, urls, hosts, placed, from, history },
    to: casework.label(to),
    state: refusal === undefined ? (over ? "ended" : status ? "in-force" : "asked") : "refused",
    code: refusal,
    expires: endOf(hold),
    daysLeft: over ? undefined : Math.floor((endOf(hold) - now) / DAY),
    endsSoon: !over && endOf(hold) - now <= settings.police.remindBefore,
    outcome: status?.outcome ?? released?.outcome,
    cost: status && costOf(status),
  });
}

function costOf(status: NonNullable<PlacedHold["status"]>): NonNullable<View["cost"]> {
  const { watched, noticedBefore, looks, onlineFor, gone, moved, at } = status;
  return { watched, noticedBefore, looks, onlineFor, gone, moved, at };
}

/** The code with which the hotline refused what was asked last. */
async function refusalOf(
  { federation }: DeskServices,
  reader: Reader,
  { id, report, statement }: PlacedHold,
): Promise<string | undefined> {
  const said = await federation.deliveriesAbout(reader, report?.id ?? id);
  const refused = said.find((one) => one.statement === statement && one.state === "rejected");
  return refused && (refused.detail ?? "");
}
