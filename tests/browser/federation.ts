/** What the browser tests look at: four members in this process, a hosting site that can be made to wait, and a provider. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import {
  demoMembers,
  drawPicture,
  startFederation,
  type DemoMember,
  type DevFederation,
} from "../../node/demo/index.ts";
import { startProvider, type Notice } from "../../node/demo/provider.ts";

export interface Scene {
  readonly federation: DevFederation;
  /** A page of hotline B's own, whose one picture is also on the reported page. */
  readonly earlierUrl: string;
  /** Five pictures that are new, one that hotline B knows, and two files that no decoder should trust. */
  readonly reportedUrl: string;
  /** Another page with one picture, for the tests of live updates. */
  readonly laterUrl: string;
  readonly notices: readonly Notice[];
  /** From now on pictures are not answered until the returned function is called: a capture can be watched. */
  holdPictures(): () => void;
  stop(): Promise<void>;
}

const people: Record<string, readonly string[]> = {
  "hotline-a": ["anna", "carl", "clara", "admin"],
  "hotline-b": ["bob"],
  "police-b": ["olga"],
  interpol: ["ivan"],
};
const members: DemoMember[] = demoMembers.flatMap((member: DemoMember) => {
  const wanted = people[member.key];
  if (!wanted) return [];
  return [{ ...member, people: member.people.filter(({ signIn }) => wanted.includes(signIn)), port: 0 }];
});

/** The picture as a camera would leave it, with its own words about itself. */
const fromCamera = (body: Uint8Array) =>
  sharp(body)
    .withExif({ IFD0: { Make: "Example Optics", Model: "Pinhole 1" } })
    .jpeg()
    .toBuffer();

type Files = ReadonlyMap<string, { readonly type: string; readonly body: Uint8Array }>;

export async function startScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "wardline-browser-"));
  const site = await serve(await siteFiles());
  const provider = await startProvider(({ urls }) =>
    urls.forEach((url) => site.gone.add(new URL(url).pathname)),
  );
  const host = { host: "pictures.localhost", port: site.port };
  const federation = await startFederation({
    folder,
    members,
    processes: false,
    settings: (member) => ({
      log: "silent",
      capture: { allow: [`${host.host}:${host.port}`] },
      jurisdiction: {
        hostingOverrides: [
          { ...host, country: "XB", provider: "Provider of B", abuse: "abuse@provider.example" },
        ],
      },
      takedown: {
        smtp: { host: "127.0.0.1", port: provider.port },
        sender: { contact: `notices@${member.key}.example` },
      },
    }),
  });
  const at = (path: string) => `http://${host.host}:${host.port}${path}`;
  return {
    federation,
    earlierUrl: at("/earlier.html"),
    reportedUrl: at("/gallery.html"),
    laterUrl: at("/later.html"),
    notices: provider.notices,
    holdPictures: () => site.hold(),
    async stop() {
      await Promise.all([federation.stop(), site.stop(), provider.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function siteFiles(): Promise<Files> {
  const picture = (body: Uint8Array) => ({ type: "image/jpeg", body });
  const page = (images: readonly string[], links: readonly string[] = []) => ({
    type: "text/html; charset=utf-8",
    body: Buffer.from(
      `<!doctype html><title>Patterns</title>${images.map((image) => `<img src="${image}" alt="">`).join("")}` +
        links.map((link) => `<a href="${link}">more</a>`).join(""),
    ),
  });
  const draw = async (name: Parameters<typeof drawPicture>[0]) => picture(await drawPicture(name, 480, 360));
  const shared = await draw("spiral");
  const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  return new Map([
    ["/earlier.html", page(["spiral.jpg"])],
    ["/gallery.html", page(["rings.jpg", "plasma.jpg", "spiral-copy.jpg", "drawing.svg"], ["more.html"])],
    ["/more.html", page(["checks.jpg", "hills.jpg", "stripes.jpg", "truncated.jpg"])],
    ["/later.html", page(["tiles.jpg"])],
    ["/spiral.jpg", shared],
    ["/spiral-copy.jpg", shared],
    ["/rings.jpg", await draw("rings")],
    ["/plasma.jpg", await draw("plasma")],
    ["/checks.jpg", await draw("checks")],
    ["/hills.jpg", await draw("hills")],
    ["/stripes.jpg", await draw("stripes")],
    ["/tiles.jpg", picture(await fromCamera((await draw("tiles")).body))],
    ["/truncated.jpg", picture((await draw("tiles")).body.subarray(0, 5000))],
    ["/drawing.svg", { type: "image/svg+xml", body: drawing }],
  ]);
}

async function serve(files: Files) {
  const gone = new Set<string>();
  let held: (() => void)[] | undefined;
  const answer = (path: string, response: ServerResponse) => {
    const file = gone.has(path) ? undefined : files.get(path);
    if (file) response.writeHead(200, { "content-type": file.type }).end(file.body);
    else response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (held && files.get(path)?.type === "image/jpeg") held.push(() => answer(path, response));
    else answer(path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    gone,
    hold() {
      held = [];
      return () => {
        const waiting = held ?? [];
        held = undefined;
        waiting.forEach((release) => release());
      };
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
