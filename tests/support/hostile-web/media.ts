/** Pictures and what only looks like some: tiny and distinct ones by the thousand, and malformed ones of each format. */
import { deflateSync } from "node:zlib";
import { crc32 } from "node:zlib";
import { picture } from "../pictures.ts";

/** A PNG of 16 x 16, another one for each number. */
export function tinyPicture(number: number): Uint8Array {
  const side = 16;
  const rows = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) rows[y * (side + 1) + 1 + x] = (number >> (8 * ((x + y) % 3))) ^ (x * y);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const end = chunk("IEND", Buffer.alloc(0));
  return Buffer.concat([pngStart, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), end]);
}

const pngStart = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

/** Files that no decoder can make a picture of, by name. */
export async function malformedMedia(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const format of ["jpeg", "png", "webp", "gif"] as const) {
    const whole = Buffer.from(await picture(77, { format, width: 64, height: 64 }));
    files[`cut.${format}`] = whole.subarray(0, Math.floor(whole.length / 3));
    files[`start-only.${format}`] = whole.subarray(0, 12);
    const broken = Buffer.from(whole);
    broken.fill(0xff, 20, 60);
    files[`broken.${format}`] = broken;
  }
  const huge = Buffer.alloc(13);
  huge.writeUInt32BE(30_000, 0);
  huge.writeUInt32BE(30_000, 4);
  huge.set([8, 6, 0, 0, 0], 8);
  files["huge.png"] = Buffer.concat([pngStart, chunk("IHDR", huge), chunk("IDAT", Buffer.alloc(10))]);
  files["nothing.jpg"] = new Uint8Array();
  files["drawing.svg"] = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><script>1</script></svg>`,
  );
  files["entities.svg"] = Buffer.from(`<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>`);
  files["broken.mp4"] = Buffer.concat([
    Buffer.from("\0\0\0\x18ftypisom\0\0\0\0isomiso2", "latin1"),
    Buffer.alloc(999, 3),
  ]);
  files["broken.webm"] = Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(999, 5)]);
  files["broken.avi"] = Buffer.concat([Buffer.from("RIFF\x10\0\0\0AVI LIST"), Buffer.alloc(999, 6)]);
  return files;
}

/** Pictures that are something else, too: each is taken as the picture that it begins as. */
export async function polyglots(): Promise<Record<string, Uint8Array>> {
  const [jpeg, png, gif] = await Promise.all([
    picture(81, { width: 50, height: 40 }),
    picture(82, { format: "png", width: 50, height: 40 }),
    picture(83, { format: "gif", width: 50, height: 40 }),
  ]);
  const html = Buffer.from(`<html><img src="http://127.0.0.1/"><script>alert(1)</script>`);
  return {
    "page.jpg": Buffer.concat([jpeg, html]),
    "archive.png": Buffer.concat([png, Buffer.from("PK\x03\x04 and an archive")]),
    "script.gif": Buffer.concat([gif, Buffer.from("/*", "latin1"), html, Buffer.from("*/")]),
  };
}
