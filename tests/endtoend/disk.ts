/** Searching what lies on a disk for what must not be there. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
}

/** Something secret, in every form in which it could lie there. */
export interface Needle {
  readonly what: string;
  readonly forms: readonly Buffer[];
}

/** Shorter ones stand in random bytes by chance. Also how many bytes are compared first. */
const shortest = 6;

export function textNeedle(text: string): Needle {
  if (Buffer.byteLength(text) < shortest) throw new Error(`"${text}" is too short to be searched for.`);
  const bytes = Buffer.from(text);
  return { what: text, forms: [bytes, Buffer.from(text, "utf16le"), ...base64Forms(bytes)] };
}

/** A hash or key: as it is, in hexadecimal of either case, in base64 at any offset. */
export function bytesNeedle(what: string, bytes: Uint8Array): Needle {
  const raw = Buffer.from(bytes);
  const hexadecimal = raw.toString("hex");
  const forms = [raw, Buffer.from(hexadecimal), Buffer.from(hexadecimal.toUpperCase()), ...base64Forms(raw)];
  return { what, forms };
}

/** What stands in any base64 text that these bytes are part of, whatever comes before and after them. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString("base64");
    const certain = whole.slice(shift === 0 ? 0 : 4);
    const forms = [certain, certain.replaceAll("+", "-").replaceAll("/", "_")];
    return certain.length < 8 ? [] : [...new Set(forms)].map((form) => Buffer.from(form));
  });
}

const piece = 32;
/** Fewer different bytes make filler, such as the zeros in a table's footer and in a picture's flat parts. */
const leastVaried = 8;

/**
 * Finds any 64 consecutive bytes of a file that are not filler: such a window always holds one whole piece of 32 bytes
 * that begins at a multiple of 32 in the file, and every one of those is a form.
 */
export function fileNeedle(what: string, file: Uint8Array): Needle {
  const bytes = Buffer.from(file);
  const starts = Array.from({ length: Math.floor(bytes.length / piece) }, (_, at) => at * piece);
  const forms = starts.map((at) => bytes.subarray(at, at + piece));
  return { what, forms: forms.filter((form) => new Set(form).size >= leastVaried) };
}

/** `what in file` for every needle that is found at any offset of any place. Each place is walked through once. */
export function found(needles: readonly Needle[], places: readonly Place[]): string[] {
  const byBeginning = new Map<number, { what: string; form: Buffer }[]>();
  for (const { what, forms } of needles)
    for (const form of forms) {
      const beginning = form.readUIntLE(0, shortest);
      const same = byBeginning.get(beginning);
      if (same) same.push({ what, form });
      else byBeginning.set(beginning, [{ what, form }]);
    }
  return places.flatMap(({ name, bytes }) => {
    const hits = new Set<string>();
    for (let at = 0; at + shortest <= bytes.length; at++)
      for (const { what, form } of byBeginning.get(bytes.readUIntLE(at, shortest)) ?? [])
        if (form.equals(bytes.subarray(at, at + form.length))) hits.add(`${what} in ${name}`);
    return [...hits];
  });
}
