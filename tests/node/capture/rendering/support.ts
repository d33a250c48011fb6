/** Rendering in tests: the real Chromium in its real sandbox, and servers that nobody may reach. */
import { existsSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { createRenderer, type Renderer } from "../../../../node/capture/rendering/index.ts";
import type { CaptureSettings } from "../../../../node/configuration/settings/capture.ts";

export { asking, renderingSettings } from "./settings.ts";

const onPath = (name: string) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

const missing = [
  ...(onPath("bwrap") ? [] : ["bubblewrap"]),
  ...(existsSync("/usr/lib/chromium/chromium") ? [] : ["chromium"]),
];

/** Why tests with a browser are skipped here; on a build machine nothing is. */
export const cannotRender =
  missing.length > 0 && process.env["CI"] !== "true" ? `install ${missing.join(" and ")} to run these` : "";

/** A renderer that asks no resolver of this machine; `asked` are the names that it wanted to know. */
export function rendererFor(
  settings: CaptureSettings,
  resolve: (host: string) => string[] = () => [],
): Renderer & { asked: string[] } {
  const asked: string[] = [];
  const renderer = createRenderer({
    settings,
    bubblewrap: "bwrap",
    resolve: async (host) => {
      asked.push(host);
      return resolve(host);
    },
  });
  onTestFinished(() => renderer.close());
  return { ...renderer, asked };
}

export interface Canary {
  port: number;
  /** What came to it, over TCP or UDP. */
  heard: string[];
}

/** Listens on one port of every address of this machine, for TCP and UDP, and must never hear anything. */
export async function startCanary(): Promise<Canary> {
  const heard: string[] = [];
  const tcp = createServer((socket) => {
    heard.push("tcp");
    socket.destroy();
  });
  await new Promise<void>((resolve) => tcp.listen(0, "::", resolve));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket({ type: "udp6" }, () => heard.push("udp"));
  await new Promise<void>((resolve) => udp.bind(port, "::", resolve));
  onTestFinished(() => {
    tcp.close();
    udp.close();
  });
  return { port, heard };
}
