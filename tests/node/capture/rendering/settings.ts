/** Settings and requests of visits in tests: less patience than with real sites. */
import type { RenderRequest } from "../../../../node/capture/rendering/renderer.ts";
import { captureSettings, type CaptureSettings } from "../../../../node/configuration/settings/capture.ts";

interface Limits {
  [name: string]: number | string;
}

export function renderingSettings(allow: string[], limits: Limits = {}, other: object = {}): CaptureSettings {
  const quick = { quiet: "300ms", patience: "2s", startTime: "2m", time: "60s", memory: "1GiB", ...limits };
  return captureSettings.parse({ allow, rendering: { limits: quick }, ...other });
}

export const asking = (more: Partial<RenderRequest> = {}): RenderRequest => ({
  signal: new AbortController().signal,
  ...more,
});
