/** Videos that a site shows: kept sealed, and frames of them for people to see. */
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createDecoder, type Decoder } from "../../../node/decode/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { testPicture, videoFolder, type VideoFolder } from "../decode/video-files.ts";
import { startCaptures } from "./captures.ts";
import { serve, settingsFor } from "./support.ts";

let folder: VideoFolder;
let decoder: Decoder;
beforeAll(async () => {
  folder = await videoFolder();
  decoder = createDecoder(decodeSettings.parse({}), systemClock);
});
afterAll(async () => {
  await decoder.close();
  await folder.remove();
});

test("a video has frames as its preview; a broken one, and one that takes too long, is kept and says why not", async () => {
  const video = await readFile(await folder.make("bridge.mp4", ...testPicture(4)));
  const broken = Uint8Array.from(video).fill(0, 200);
  const site = await serve({
    "/": `<video src="/bridge.mp4"></video><a href="/broken.mp4">more</a>`,
    "/bridge.mp4": video,
    "/broken.mp4": broken,
  });
  const { capture, vault } = await startCaptures({ decoder, settings: settingsFor([site.host]) });
  const { items } = await capture("1", `${site.origin}/`);
  expect(items).toHaveLength(2);
  const [whole, rest] = items;
  expect(whole).toMatchObject({ kind: "video", mime: "video/mp4", width: 192, height: 144, duration: 4 });
  const preview = await vault.readAll(whole?.preview ?? "", 1e6);
  const shown = await sharp(preview).metadata();
  expect(shown).toMatchObject({ format: "jpeg", channels: 1 });
  expect(shown.width).toBeLessThanOrEqual(320);
  expect(Buffer.from(await vault.readAll(whole?.original ?? "", 1e7)).equals(video)).toBe(true);
  expect(rest).toMatchObject({ kind: "video", unopened: { code: "decode/corrupt" } });
  expect(rest).not.toHaveProperty("preview");

  const hasty = await startCaptures({ decoder, settings: settingsFor([site.host], { videoTime: "1ms" }) });
  const { items: late } = await hasty.capture("1", `${site.origin}/`);
  expect(late[0]).toMatchObject({ kind: "video", unopened: { code: "capture/video-time" } });
});
