/** What cameras write into pictures: read in the sandbox, whatever it says, and never part of a preview. */
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { camera as cameraSchema, createDecoder, type Decoder } from "../../../node/decode/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { picture } from "../../support/pictures.ts";

let decoder: Decoder;
beforeAll(() => {
  decoder = createDecoder(decodeSettings.parse({ children: 2 }), systemClock);
});
afterAll(() => decoder.close());

const full = {
  IFD0: { Make: "Example Optics ", Model: "Bridge 3", Software: "1.2" },
  IFD2: {
    BodySerialNumber: "SN-00042",
    LensModel: "35 mm",
    LensSerialNumber: "L-7",
    CameraOwnerName: "The Bridge Club",
    DateTimeOriginal: "2024:05:06 07:08:09",
    OffsetTimeOriginal: "+02:00",
  },
  IFD3: {
    GPSLatitudeRef: "S",
    GPSLatitude: "45/1 45/1 0/1",
    GPSLongitudeRef: "W",
    GPSLongitude: "4/1 50/1 30/1",
    GPSAltitude: "170/1",
  },
};
const expected = {
  make: "Example Optics",
  model: "Bridge 3",
  serial: "SN-00042",
  lens: "35 mm",
  lensSerial: "L-7",
  owner: "The Bridge Club",
  software: "1.2",
  taken: "2024-05-06T07:08:09+02:00",
  position: { latitude: -45.75, longitude: -(4 + 50 / 60 + 30 / 3600), altitude: 170 },
};

type Exif = Parameters<ReturnType<typeof sharp>["withExif"]>[0];
const pictureFrom = async (exif: Exif, format: "jpeg" | "png" | "webp" = "jpeg") =>
  sharp(await picture(7))
    .withExif(exif)
    [format]()
    .toBuffer();

describe("what a camera wrote", () => {
  test.each(["jpeg", "png", "webp"] as const)("is read from %s", async (format) => {
    const { camera } = await decoder.decode(await pictureFrom(full, format));
    expect(camera).toEqual(expected);
  });

  test("is absent where there is none, or where it says nothing of a camera", async () => {
    expect(await decoder.decode(await picture(8))).not.toHaveProperty("camera");
    expect(await decoder.decode(await picture(8, { format: "gif" }))).not.toHaveProperty("camera");
    const { camera } = await decoder.decode(await pictureFrom({ IFD0: { Copyright: "A bridge" } }));
    expect(camera).toBeUndefined();
  });

  test("never leaves in a preview or in a rendered picture", async () => {
    const bytes = await pictureFrom(full);
    const { preview } = await decoder.decode(bytes);
    const clear = await decoder.render(bytes, { level: "clear", side: 400 });
    for (const shown of [preview, clear]) {
      const { exif, xmp, iptc } = await sharp(shown).metadata();
      expect([exif, xmp, iptc]).toEqual([undefined, undefined, undefined]);
      for (const word of ["Example", "SN-00042", "Bridge", "2024"])
        expect(Buffer.from(shown).includes(word)).toBe(false);
    }
  });

  test("clocks that were never set, places beyond the globe and endless or unprintable words are left out or cut", async () => {
    const { camera } = await decoder.decode(
      await pictureFrom({
        IFD0: { Make: `A${"\n\u0007"}B`, Model: "m".repeat(5000) },
        IFD2: { DateTimeOriginal: "0000:00:00 00:00:00" },
        IFD3: {
          GPSLatitudeRef: "N",
          GPSLatitude: "245/1 0/1 0/1",
          GPSLongitudeRef: "E",
          GPSLongitude: "4/1 0/1 0/1",
        },
      }),
    );
    expect(camera).toEqual({ make: "A B", model: "m".repeat(200) });
  });

  test("whatever is broken in it, the picture itself is decoded", async () => {
    const bytes = await pictureFrom(full);
    const start = bytes.indexOf("Exif");
    const length = bytes.readUInt16BE(start - 2);
    const places = Array.from({ length: 60 }, (_, nth) => start + 6 + Math.floor((nth * (length - 8)) / 60));
    const all = await Promise.all(
      places.map((at) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ 0xff;
        return decoder.decode(damaged);
      }),
    );
    for (const { width, camera } of all) {
      expect(width).toBe(240);
      if (camera !== undefined && camera !== "unreadable") cameraSchema.parse(camera);
    }
    expect(all.some(({ camera }) => JSON.stringify(camera) !== JSON.stringify(expected))).toBe(true);
  });
});
