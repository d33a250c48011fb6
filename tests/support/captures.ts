/** Captures over a store, a vault and sandboxes in a folder, for programs that are no tests themselves. */
import { join } from "node:path";
import { systemRandom as random } from "@wardline/protocol/encoding";
import {
  createCaptures,
  createVideos,
  guardedFetch,
  systemResolve,
  traceHosting,
  type Captures,
  type Resolve,
} from "../../node/capture/index.ts";
import { captureSettings } from "../../node/configuration/settings/capture.ts";
import { decodeSettings } from "../../node/configuration/settings/decode.ts";
import { vaultSettings } from "../../node/configuration/settings/vault.ts";
import { createDecoder, createVideoDecoder } from "../../node/decode/index.ts";
import { systemClock as clock } from "../../node/telemetry/index.ts";
import { createMasterKey, openVault, unlock } from "../../node/vault/index.ts";
import { openAt } from "../node/commit/open.ts";

export interface OpenCaptures {
  captures: Captures;
  close(): Promise<void>;
}

/** In an empty folder. */
export async function openCaptures(
  folder: string,
  { allow, limits }: { allow: string[]; limits: Record<string, number | string> },
  resolve: Resolve = systemResolve,
): Promise<OpenCaptures> {
  const settings = captureSettings.parse({ allow, limits: { delay: "0ms", ...limits } });
  const decoding = decodeSettings.parse({});
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
    ...{ commit, vault, decoder, settings, clock, random, previewSide: decoding.previewSide },
    videos: createVideos({ decoder: videoDecoder, vault, clock, largest: 2 ** 26, time: 60_000 }),
    fetch: (asked, how) => guardedFetch(asked, { ...how, settings, resolve }),
    trace: (asked, address) => traceHosting(asked, { overrides: [], resolve, ...(address && { address }) }),
  });
  return {
    captures,
    async close() {
      videoDecoder.close();
      await Promise.all([decoder.close(), close()]);
    },
  };
}
