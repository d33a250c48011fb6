/** Captures over a store and a vault in a folder of their own, and lists of what they find. */
import { onTestFinished } from "vitest";
import { systemRandom } from "@wardline/protocol/encoding";
import {
  createCaptures,
  createVideos,
  guardedFetch,
  traceHosting,
  type CapturedItem,
  type CapturedPage,
  type CaptureEnd,
  type Captures,
  type CapturesOptions,
  type CaptureSink,
  type RefusedItem,
} from "@wardline/node/capture";
import { systemClock } from "@wardline/node/telemetry";
import type { CaptureSettings } from "../../../node/configuration/settings/capture.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createVideoDecoder } from "../../../node/decode/index.ts";
import { openAt as openCommit } from "../commit/open.ts";
import { newFolder } from "../commit/support.ts";
import { newPlace, openAt as openVault } from "../vault/support.ts";

export interface Found extends CaptureEnd {
  pages: CapturedPage[];
  items: CapturedItem[];
  refused: RefusedItem[];
}

export interface CapturesPlace {
  captures: Captures;
  commit: Awaited<ReturnType<typeof openCommit>>["commit"];
  vault: Awaited<ReturnType<typeof openVault>>;
  dataFolder: string;
  /** Everything that was written so far, by all runs. */
  found: Pick<Found, "pages" | "items" | "refused">;
  /** Vault ids of the files of the web archive. */
  archives: string[];
  capture(id: string, url: string, signal?: AbortSignal, how?: { scripts: boolean }): Promise<Found>;
}

export async function startCaptures({
  settings,
  ...options
}: Partial<Omit<CapturesOptions, "commit">> & {
  settings: CaptureSettings;
  decoder: CapturesOptions["decoder"];
}): Promise<CapturesPlace> {
  const opened = await openCommit(await newFolder());
  onTestFinished(opened.close);
  const { commit } = opened;
  const place = await newPlace();
  const vault = await openVault(place);
  const videoDecoder = createVideoDecoder(decodeSettings.parse({}), systemClock);
  const captures = createCaptures({
    videos: createVideos({
      ...{ decoder: videoDecoder, vault, clock: systemClock },
      ...{ largest: 512 * 2 ** 20, time: settings.limits.videoTime },
    }),
    previewSide: 320,
    fetch: (url, one) => guardedFetch(url, { settings, ...one }),
    trace: (url, address) => traceHosting(url, { overrides: [], ...(address !== undefined && { address }) }),
    ...{ commit, vault, settings, clock: systemClock, random: systemRandom },
    ...options,
  });
  onTestFinished(() => videoDecoder.close());
  const found: CapturesPlace["found"] = { pages: [], items: [], refused: [] };
  const archives: string[] = [];
  const sink: CaptureSink = {
    page: async (unit, page) => unit.afterCommit(() => void found.pages.push(page)),
    item: async (unit, item) => unit.afterCommit(() => void found.items.push(item)),
    refused: async (unit, item) => unit.afterCommit(() => void found.refused.push(item)),
    archived: async (unit, { id }) => unit.afterCommit(() => void archives.push(id)),
  };
  return {
    ...{ captures, commit, vault, found, archives, dataFolder: place.dataFolder },
    async capture(id, url, signal = new AbortController().signal, how = { scripts: false }) {
      const end = await captures.run(id, url, { sink, signal, ...how });
      const inOrder = <T extends { position: number }>(list: T[]) =>
        [...list].sort((a, b) => a.position - b.position);
      return { ...found, items: inOrder(found.items), refused: inOrder(found.refused), ...end };
    },
  };
}
