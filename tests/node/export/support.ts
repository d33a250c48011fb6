/** A hotline with one captured report, two custodians, and a receiver with the stock `age` program. */
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { systemRandom } from "@wardline/protocol/encoding";
import type { Caller, Download, Route } from "../../../node/accounts/index.ts";
import type { reportDetail } from "../../../node/casework/index.ts";
import { exportRoutes } from "../../../node/export/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import {
  callRoute,
  putPage,
  startMember,
  startSite,
  type Site,
  type TestMember,
  type View,
} from "../desks/support.ts";
import { found, until, type Place } from "../federation/support.ts";
import { picture } from "../../support/pictures.ts";

export interface Court {
  site: Site;
  hotline: TestMember;
  custodians: [Caller, Caller];
  analyst: Caller;
  routes: Route[];
  report: string;
  /** Of the hotline. */
  folder: string;
  call(caller: Caller, method: Route["method"], path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startCourt(pictures = 2): Promise<Court> {
  const site = await startSite();
  const { places } = await found([
    { name: "Hotline A", country: "XA", kind: "hotline" },
    { name: "Hotline B", country: "XB", kind: "hotline" },
  ]);
  const hotline = await startMember(places[0] as Place, { kind: "hotline", site });
  const analyst = await hotline.person("Analyst", "analyst");
  const custodians: [Caller, Caller] = [
    await hotline.person("Carl Custodian", "custodian"),
    await hotline.person("Clara Custodian", "custodian"),
  ];
  const services = { ...hotline.services, vault: hotline.vault, ledger: hotline.ledger };
  const routes = exportRoutes({
    ...services,
    clock: systemClock,
    random: systemRandom,
    settings: { lifetime: 60_000 },
  });
  const shown = await Promise.all(
    Array.from({ length: pictures }, async (_, seed) => [
      `/${seed}.jpg`,
      await picture(seed + 1, { width: 96, height: 72 }),
    ]),
  );
  const url = putPage(site, "/page.html", Object.fromEntries(shown) as Record<string, Uint8Array>);
  const { id: report } = (await hotline.call(analyst, "POST", "/reports", { url, source: "public" })) as {
    id: string;
  };
  const detail = async () =>
    (await hotline.call(analyst, "GET", `/reports/${report}`)) as View<typeof reportDetail>;
  await until("captured", async () => (await detail()).state === "to-classify");
  const { folder } = places[0] as Place;
  return {
    ...{ site, hotline, custodians, analyst, routes, report, folder },
    call: (caller, method, path, body) => callRoute(routes, caller, method, path, body),
    async stop() {
      await hotline.stop();
      await site.stop();
    },
  };
}

/** A key pair of the stock program, and a folder to work in. */
export async function newReceiver() {
  const folder = await mkdtemp(join(tmpdir(), "wardline-court-"));
  const identity = join(folder, "identity.txt");
  execFileSync("age-keygen", ["-o", identity], { stdio: "pipe" });
  const recipient = execFileSync("age-keygen", ["-y", identity], { encoding: "utf8" }).trim();
  return {
    folder,
    recipient,
    async save({ content }: Download): Promise<string> {
      const path = join(folder, "package.tar.age");
      await pipeline(content, createWriteStream(path));
      return path;
    },
    /** Decrypts by `age` and unpacks by `tar`; the folder that comes out. */
    async open(path: string): Promise<string> {
      const into = join(folder, "opened");
      await rm(into, { recursive: true, force: true });
      await mkdir(into);
      const tar = execFileSync("age", ["--decrypt", "-i", identity, path], { maxBuffer: 2 ** 30 });
      await writeFile(join(folder, "package.tar"), tar);
      execFileSync("tar", ["-xf", join(folder, "package.tar"), "-C", into]);
      const [name = ""] = await readdir(into);
      return join(into, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end in a folder. */
export function runIn(
  folder: string,
  program: string,
  ...args: string[]
): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: out + err }),
    );
  });
}
