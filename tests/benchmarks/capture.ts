/**
 * A page of pictures, one megapixel each, from a server on loopback to fetched, archived, decoded in the sandbox, hashed, sealed
 * and previewed: against sharp's bare decoding of the same bytes, two at a time as there are children. Wall time: processes
 * are compared. And whether memory grows with the page.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { openCaptures } from "../support/captures.ts";
import { finding, type Report } from "./line.ts";
import { jpegOf, patternOf } from "./patterns.ts";

const PICTURES = { usual: 200, large: 1000 };
const LANES = 2;

export async function benchCapture(report: Report, { large }: { large: boolean }): Promise<void> {
  const count = large ? PICTURES.large : PICTURES.usual;
  const jpeg = await jpegOf(patternOf({ width: 1152, height: 868 }));
  const bare = await perSecond(count, () => decodedBare(jpeg, count));
  const folder = await mkdtemp(join(tmpdir(), "wardline-capture-"));
  const site = await startSite(jpeg, count);
  const limits = { together: LANES + 1, connections: LANES + 1 };
  const opened = await openCaptures(folder, { allow: [site.host], limits });
  try {
    const memory: number[] = [];
    const ours = await perSecond(count, async () => {
      await opened.captures.run("bench", site.url, {
        signal: new AbortController().signal,
        sink: {
          page: () => Promise.resolve(),
          archived: () => Promise.resolve(),
          item: async () => void memory.push(process.memoryUsage.rss()),
          refused: (_, { message }) => Promise.reject(new Error(message)),
        },
      });
    });
    if (memory.length !== count) throw new Error(`${memory.length} of ${count} pictures were kept.`);
    const most = (part: number[]) => Math.round(Math.max(...part) / 2 ** 20);
    report(
      finding(`capture of ${count} pictures of 1 megapixel`, [ours, bare], {
        unit: "pictures a second",
        against: "sharp's decoding alone",
        note: `Memory of the process: at most ${most(memory.slice(0, count / 4))} MiB in the first quarter, ${most(memory)} MiB in all.`,
      }),
    );
  } finally {
    await Promise.all([opened.close(), site.stop()]);
    await rm(folder, { recursive: true });
  }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (count * 1000) / (performance.now() - start);
}

async function decodedBare(jpeg: Uint8Array, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await sharp(jpeg).raw().toBuffer();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The same picture, told apart by a comment in each file. */
async function startSite(jpeg: Uint8Array, count: number) {
  const page = Array.from({ length: count }, (_, at) => `<img src="/${at}.jpg">`).join("");
  const server = createServer(({ url = "/" }, response) => {
    if (url === "/") return response.writeHead(200, { "content-type": "text/html" }).end(page);
    const comment = Buffer.from(`\xff\xfe\0\x20${url.padEnd(30)}`, "latin1");
    response.writeHead(200, { "content-type": "image/jpeg" });
    response.end(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host, url: `http://${host}/`, stop };
}
