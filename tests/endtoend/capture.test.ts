/** A node that is killed by kill -9 in the middle of a capture goes on with it: nothing is lost, nothing is there twice. */
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import type { captureView, reportDetail } from "../../node/casework/index.ts";
import { demoMembers, foundFederation, type DevNode } from "../../node/demo/index.ts";
import { tinyPicture } from "../support/hostile-web/media.ts";
import { temporaryFolder, testTime, until } from "./support.ts";

type Progress = z.infer<typeof captureView>;
type Detail = z.infer<typeof reportDetail>;

const pictures = 90;
/** Pictures that are done when it is killed. */
const kills = [10, 35, 60];

test(
  "a capture goes on after kill -9",
  async () => {
    const site = await startGallery();
    const federation = await foundFederation({
      folder: join(await temporaryFolder(), "demo"),
      members: demoMembers,
      settings: () => ({ capture: { allow: [site.host], limits: { delay: "0ms" } } }),
    });
    onTestFinished(() => federation.stop());
    const node = federation.node("hotline-a");
    await node.start();
    const analyst = node.as("anna");
    const { id } = await analyst.post<{ id: string }>("/reports", { url: site.url, source: "public" });
    const progress = () => analyst.get<Progress>(`/reports/${id}/capture`);
    for (const enough of kills) {
      const before = await until(`${enough} pictures are done`, async () => {
        const now = await progress();
        return now.items.done >= enough && now;
      });
      expect(before.state).toBe("running");
      await node.kill();
      await node.start();
      expect((await progress()).items.done).toBeGreaterThanOrEqual(before.items.done);
    }
    const detail = await until("the capture has ended", async () => {
      const now = await analyst.get<Detail>(`/reports/${id}`);
      return now.state === "to-classify" && now;
    });
    expect(detail.itemList).toHaveLength(pictures);
    expect(new Set(detail.itemList.map(({ url }) => url)).size).toBe(pictures);
    expect(detail.pages).toHaveLength(1);
    expect(await progress()).toMatchObject({ state: "ended", items: { done: pictures, found: pictures } });
    // What is fetched again is what was in hand, and not on disk yet.
    const asked = [...site.asked.values()].reduce((sum, times) => sum + times, 0);
    expect(asked).toBeLessThan(pictures + 1 + kills.length * 25);

    await node.stop();
    await node.start(); // sweeps what the kills left
    const { archives } = await analyst.get<{ archives: unknown[] }>(`/reports/${id}/archives`);
    await until("the vault holds what is on record, and nothing else", async () => {
      return (await blobsOf(node)).length === 2 * pictures + archives.length;
    });
  },
  testTime,
);

async function blobsOf({ dataFolder }: DevNode): Promise<string[]> {
  const all = await readdir(join(dataFolder, "vault", "blobs"), { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map(({ name }) => name);
}

/** A page of pictures, each of which takes a moment. */
async function startGallery() {
  const asked = new Map<string, number>();
  const server = createServer(({ url = "/" }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    const number = /^\/(\d+)\.png$/.exec(url)?.[1];
    const page = Array.from({ length: pictures }, (_, at) => `<img src="/${at}.png">`).join("");
    response.setHeader("content-type", number === undefined ? "text/html" : "image/png");
    setTimeout(() => response.end(number === undefined ? page : tinyPicture(Number(number))), 40);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/`, asked };
}
