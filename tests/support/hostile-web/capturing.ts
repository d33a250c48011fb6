/**
 * A process that captures one address and says what came of it: its memory is that of a capture and nothing else. Called with
 * JSON: {folder, url, allow, limits}. Says JSON: {kept, refused, cut, rss}; `rss` in bytes, the most there ever was.
 */
import { join } from "node:path";
import { systemRandom } from "@wardline/protocol/encoding";
import { createCaptures, createVideos, guardedFetch, traceHosting } from "../../../node/capture/index.ts";
import { captureSettings } from "../../../node/configuration/settings/capture.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { vaultSettings } from "../../../node/configuration/settings/vault.ts";
import { createDecoder, createVideoDecoder } from "../../../node/decode/index.ts";
import { systemClock as clock } from "../../../node/telemetry/index.ts";
import { createMasterKey, openVault, unlock } from "../../../node/vault/index.ts";
import { openAt } from "../../node/commit/open.ts";
import { hostileResolve as resolve } from "./web.ts";

interface Order {
  folder: string;
  url: string;
  allow: string[];
  limits: Record<string, number | string>;
}

const { folder, url, allow, limits } = JSON.parse(process.argv[2] ?? "") as Order;
const settings = captureSettings.parse({ allow, limits: { delay: "0ms", ...limits } });
const decoding = decodeSettings.parse({});
const random = systemRandom;
const place = { dataFolder: join(folder, "data"), keyFile: join(folder, "key") };
await createMasterKey(place.dataFolder, { keyFile: place.keyFile }, random);
const master = await unlock(place.dataFolder, { keyFile: place.keyFile });
const vault = await openVault({
  ...{ master, random, dataFolder: place.dataFolder, settings: vaultSettings.parse({}) },
  now: () => clock.now(),
});
const { commit, close } = await openAt(folder);
const decoder = createDecoder(decoding, clock);
const videoDecoder = createVideoDecoder(decoding, clock);
const captures = createCaptures({
  ...{ commit, vault, decoder, settings, clock, random, previewSide: 320 },
  videos: createVideos({ decoder: videoDecoder, vault, clock, largest: 2 ** 26, time: 60_000 }),
  fetch: (asked, how) => guardedFetch(asked, { ...how, settings, resolve }),
  trace: (asked, address) => traceHosting(asked, { overrides: [], resolve, ...(address && { address }) }),
});

const kept: string[] = [];
const refused: string[] = [];
const pathOf = (asked: string) => (URL.canParse(asked) ? new URL(asked).pathname : asked);
const end = await captures.run("one", url, {
  signal: new AbortController().signal,
  sink: {
    page: () => Promise.resolve(),
    archived: () => Promise.resolve(),
    item: async (unit, item) => unit.afterCommit(() => void kept.push(pathOf(item.url))),
    refused: async (unit, item) => unit.afterCommit(() => void refused.push(`${item.code} ${item.url}`)),
  },
});
await Promise.all([decoder.close(), videoDecoder.close(), close()]);
const rss = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ kept, refused, cut: end.cut, rss }));
