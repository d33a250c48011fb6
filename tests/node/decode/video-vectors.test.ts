/** The reference's videos, decoded and hashed here. tests/long has the larger ones. */
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { compareVideos, type FrameHash } from "@wardline/hashing/video";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { createVideoDecoder } from "../../../node/decode/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { describeWithVectors } from "../../support/vectors.ts";
import { expectAsReference } from "./video-reference.ts";

describeWithVectors("vpdq", "the reference's videos", (path) => {
  const decoder = createVideoDecoder(decodeSettings.parse({}), systemClock);
  afterAll(() => decoder.close());

  test.each(["doorknob-hd-no-bar", "test-padded-dimensions"])(
    "%s: every frame is near its own",
    async (name) => {
      await expectAsReference(decoder, path, name);
    },
  );

  test("one frame a second matches the reference's completely, both ways", async () => {
    const expected = JSON.parse(readFileSync(`${path}expected-1fps-chair-20-sd-bar.json`, "utf8")) as {
      features: Omit<FrameHash, "index">[];
    };
    const found = await decoder.hash(`${path}videos/chair-20-sd-bar.mp4`);
    const frames = expected.features.map((frame, index) => ({ ...frame, index }));
    expect(found.frames.map(({ timestamp }) => timestamp)).toEqual(frames.map(({ timestamp }) => timestamp));
    expect(compareVideos(found, { frames })).toEqual({ queryShare: 1, comparedShare: 1, matches: true });
  });
});
