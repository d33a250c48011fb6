import { WardlineError } from "@wardline/protocol/encoding";
import { z } from "zod";
import { defineRoute, type Route } from "../../accounts/index.ts";
import type { Commit } from "../../commit/index.ts";
import { acquisitionOf, archivesOf } from "./records.ts";
import { requireItem } from "../reading.ts";
import { acquisitionView, archiveView, cameraView } from "./views.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });

export function evidenceRoutes({ commit }: { commit: Commit }): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/reports/:id/archives",
      permission: "custody.read",
      summary: "The files of a report's web archive, oldest first",
      params: idParams,
      response: z.object({ archives: z.array(archiveView) }),
      handler: async ({ params }) => ({ archives: await archivesOf(commit, params.id) }),
    }),
    defineRoute({
      method: "GET",
      path: "/items/:id/acquisition",
      permission: "custody.read",
      summary: "How an item came to be here: requests, addresses, certificates, digests before any decoding",
      params: idParams,
      response: acquisitionView,
      handler: async ({ params }) => (await acquisitionOf(commit, params.id)) ?? missing(),
    }),
    defineRoute({
      method: "GET",
      path: "/items/:id/camera",
      permission: "item.preview",
      summary: "What a camera wrote into an item's picture: which one, when and where",
      params: idParams,
      response: cameraView,
      handler: async ({ params }) => {
        const { id, camera } = await requireItem(commit, params.id);
        if (camera === undefined || camera === "unreadable")
          return { item: id, state: camera ?? ("none" as const) };
        return { item: id, state: "found" as const, camera };
      },
    }),
  ];
}

function missing(): never {
  throw new WardlineError("casework/no-such-acquisition", "No record says how this item came to be here.", {
    advice: "It may have been told by another member, or stood in a page itself; see the report's archive.",
  });
}
