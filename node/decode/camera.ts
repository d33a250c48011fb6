/**
 * What a camera wrote into its picture: which one took it, when and where. Runs inside the sandbox only. It goes on with
 * the picture's findings and is sealed with them; previews are encoded anew from pixels and carry none of it.
 * Sources: Exif 2.32 (CIPA DC-008), whose names the comments give.
 */
import exifr from "exifr";
import type { Camera } from "./messages.ts";

/** A JPEG holds at most 64 KiB; other formats may claim anything. */
const MOST_BYTES = 1024 * 1024;
/** What a field of text may hold; the rest of a longer one says nothing about a camera. */
const MOST_LETTERS = 200;

const fields = [
  ...["Make", "Model", "BodySerialNumber", "SerialNumber", "LensModel", "LensSerialNumber"],
  ...["CameraOwnerName", "OwnerName", "Software", "ImageUniqueID"],
  ...["DateTimeOriginal", "OffsetTimeOriginal", "CreateDate", "ModifyDate"],
  ...["GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef", "GPSAltitude", "GPSAltitudeRef"],
  ...["GPSDateStamp", "GPSTimeStamp"],
];

/**
 * Reads an Exif block as the picture's container delivers it. Undefined: there is none, or it says nothing of a camera.
 * "unreadable": there is one that cannot be read; the picture itself may still be fine. Never throws.
 */
export async function cameraOf(exif: Uint8Array | undefined): Promise<Camera | "unreadable" | undefined> {
  if (exif === undefined || exif.length === 0) return undefined;
  if (exif.length > MOST_BYTES) return "unreadable";
  try {
    const said: unknown = await exifr.parse(tiffOf(exif), {
      pick: fields,
      reviveValues: false, // dates stay as the camera wrote them: it knows no time zone
      translateValues: false,
    });
    return cameraFrom((said ?? {}) as Record<string, unknown>);
  } catch {
    return "unreadable";
  }
}

/** JPEG and WebP put a name before the block that both share. */
function tiffOf(exif: Uint8Array): Uint8Array {
  const named = String.fromCharCode(...exif.subarray(0, 4)) === "Exif";
  return named ? exif.subarray(6) : exif;
}

function cameraFrom(said: Record<string, unknown>): Camera | undefined {
  const words = (...names: string[]) => names.map((name) => textOf(said[name])).find((text) => text !== "");
  const position = positionOf(said);
  const camera: Camera = {
    make: words("Make"),
    model: words("Model"),
    serial: words("BodySerialNumber", "SerialNumber"),
    lens: words("LensModel"),
    lensSerial: words("LensSerialNumber"),
    owner: words("CameraOwnerName", "OwnerName"),
    software: words("Software"),
    imageId: words("ImageUniqueID"),
    taken: timeOf(said["DateTimeOriginal"], said["OffsetTimeOriginal"]),
    digitized: timeOf(said["CreateDate"]),
    modified: timeOf(said["ModifyDate"]),
    ...(position && { position }),
  };
  const known = Object.entries(camera).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : (Object.fromEntries(known) as Camera);
}

/** One line of what can be printed; fields are padded with spaces and zeros, and hostile ones with worse. */
function textOf(value: unknown): string {
  if (typeof value !== "string") return "";
  return value
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, MOST_LETTERS);
}

/** `2024:05:06 07:08:09` as `2024-05-06T07:08:09`, with the offset where the camera wrote one. Unset clocks write zeros or blanks. */
function timeOf(value: unknown, offset?: unknown): string | undefined {
  const [, year, month, day, time] =
    /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)/u.exec(textOf(value)) ?? [];
  if (
    year === undefined ||
    Number(year) === 0 ||
    Number.isNaN(Date.parse(`${year}-${month}-${day}T${time}Z`))
  )
    return undefined;
  const [zone = ""] = /^[+-]\d\d:\d\d$/u.exec(textOf(offset)) ?? [];
  return `${year}-${month}-${day}T${time}${zone}`;
}

/** Degrees of WGS 84, north and east positive; metres above the sea. */
function positionOf(said: Record<string, unknown>): Camera["position"] {
  const latitude = degreesOf(said["GPSLatitude"], said["GPSLatitudeRef"], 90);
  const longitude = degreesOf(said["GPSLongitude"], said["GPSLongitudeRef"], 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  const height = said["GPSAltitude"];
  const below = [said["GPSAltitudeRef"]].flat()[0] === 1;
  const known = typeof height === "number" && Math.abs(height) < 100_000;
  return { latitude, longitude, ...(known && { altitude: below ? -height : height }) };
}

function degreesOf(value: unknown, reference: unknown, most: number): number | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [degrees, minutes, seconds] = value.map(Number) as [number, number, number];
  const size = degrees + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(size) || size < 0 || size > most) return undefined;
  return /^[SW]/iu.test(textOf(reference)) ? -size : size;
}
