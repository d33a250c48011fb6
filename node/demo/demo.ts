/** `wardline demo`: the built-in federation, a hosting site, a provider, and the story of one report, told as it is observed. */
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { WardlineError } from "@wardline/protocol/encoding";
import type { ApiClient } from "./client.ts";
import { startFederation, type DevFederation } from "./federation.ts";
import { countryB, demoMembers, type DemoMember } from "./members.ts";
import { startProvider, type Provider } from "./provider.ts";
import {
  earlierPage,
  reportedPage,
  serveSite,
  siteFromFolder,
  syntheticSite,
  type Site,
  type SiteFiles,
} from "./site.ts";
import { playStory, type Cast, type Outcome, type Stage } from "./story.ts";

export interface DemoOptions {
  /** Where the federation's folders are made; emptied first. */
  readonly folder: string;
  /** A folder of the user's own pages and pictures instead of the synthetic site. */
  readonly site?: string;
  /** A process for each node (the default), or all of them in this one. */
  readonly processes?: boolean;
  /** Interfaces at the ports that people remember, 8101 and on, while those are free. */
  readonly usualPorts?: boolean;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Demo {
  readonly federation: DevFederation;
  readonly site: Site;
  readonly provider: Provider;
  /** The name under which the site is reached: `pictures.localhost:PORT`. */
  readonly siteHost: string;
  /** Plays the story once; see `playStory`. */
  play(observed: Stage["observed"], patience?: number): Promise<Outcome>;
  stop(): Promise<void>;
}

const siteName = "pictures.localhost";
const abuseContact = "abuse@provider.example";

/** Starts everything the story needs, and leaves it running. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { say } = options;
  const files = options.site === undefined ? await syntheticSite() : await ownSite(options.site);
  await rm(options.folder, { recursive: true, force: true });
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const site = await serveSite(files);
  const siteHost = `${siteName}:${site.port}`;
  const provider = await startProvider(({ urls }) =>
    site.takeDown(urls.map((url) => decodeURI(new URL(url).pathname))),
  );
  say(
    `A hosting site is at http://${siteHost}${firstPage(files)}; a provider's mail desk listens on port ${provider.port}.`,
  );
  try {
    const federation = await startFederation({
      folder: options.folder,
      members: demoMembers,
      processes: options.processes ?? true,
      usualPorts: options.usualPorts ?? false,
      settings: (member) => settingsFor(member, siteHost, provider.port),
      progress: say,
    });
    return {
      ...{ federation, site, provider, siteHost },
      play: (observed, patience = 120_000) => {
        const urls = storyUrls(files, siteHost);
        const { signal } = options;
        return playStory({
          ...{ cast: castOf(federation), ...urls, observed, patience },
          notices: () => provider.notices,
          ...(signal === undefined ? {} : { signal }),
        });
      },
      async stop() {
        await Promise.all([federation.stop(), site.stop(), provider.stop()]);
      },
    };
  } catch (error) {
    await Promise.all([site.stop(), provider.stop()]);
    throw error;
  }
}

/** Loopback is reached only by this exact host and port, and its hosting is set by hand: country B. */
function settingsFor(member: DemoMember, siteHost: string, smtpPort: number): Record<string, unknown> {
  const [host, port] = siteHost.split(":") as [string, string];
  return {
    capture: { allow: [siteHost] },
    jurisdiction: {
      hostingOverrides: [
        { host, port: Number(port), country: countryB, provider: "Provider of B", abuse: abuseContact },
      ],
    },
    takedown: {
      smtp: { host: "127.0.0.1", port: smtpPort },
      sender: { contact: `notices@${member.key}.example` },
    },
  };
}

const ownEarlierPage = "/wardline-earlier.html";

/**
 * The user's own site, with one page more: it shows the first picture, so that hotline B knows it already.
 * @throws `demo/no-pictures`, `demo/one-picture`
 */
async function ownSite(folder: string): Promise<SiteFiles> {
  const files = await siteFromFolder(resolve(folder));
  const pictures = [...files].filter(([, { type }]) => /\/(jpeg|png|webp|gif)$/u.test(type));
  const [picture] = pictures;
  if (!picture)
    throw fewPictures("no-pictures", "There is no JPEG, PNG, WebP or GIF picture in this folder.");
  if (pictures.every(([, { body }]) => Buffer.compare(body, picture[1].body) === 0))
    throw fewPictures("one-picture", "The story needs two different pictures: one is known from the start.");
  const body = Buffer.from(
    `<!doctype html><title>Earlier</title><img src="${encodeURI(picture[0])}" alt="">`,
  );
  return new Map([...files, [ownEarlierPage, { type: "text/html; charset=utf-8", body }]]);
}

const fewPictures = (code: string, message: string) =>
  new WardlineError(`demo/${code}`, message, {
    advice: "Choose a folder that holds pictures, and pages that show them if you like.",
  });

const firstPage = (files: SiteFiles) => (files.has(reportedPage) ? reportedPage : "/index.html");

function storyUrls(files: SiteFiles, siteHost: string) {
  const earlier = files.has(ownEarlierPage) ? ownEarlierPage : earlierPage;
  return { earlierUrl: `http://${siteHost}${earlier}`, reportedUrl: `http://${siteHost}${firstPage(files)}` };
}

function castOf(federation: DevFederation): Cast {
  const as = (node: string, signIn: string): ApiClient => federation.node(node).as(signIn);
  return {
    analystA: as("hotline-a", "anna"),
    custodianA: as("hotline-a", "carl"),
    secondCustodianA: as("hotline-a", "clara"),
    analystB: as("hotline-b", "bob"),
    officer: as("police-b", "olga"),
    interpol: as("interpol", "ivan"),
  };
}

/** The addresses and sign-ins of all interfaces, as lines for a terminal. */
export function signInLines(federation: DevFederation): string[] {
  return federation.nodes.flatMap(({ member, url, people }) => [
    `${member.name}: ${url}`,
    ...people.map(({ name, signIn, password }) => `    ${signIn.padEnd(8)} ${password}   ${name}`),
  ]);
}

/**
 * The command itself: starts, tells the story, prints addresses and sign-ins, and stays until `signal`; with `once` it ends
 * after the story. Throws when a step was not observed.
 */
export async function runDemo(options: DemoOptions & { readonly once: boolean }): Promise<void> {
  const { say, once, signal } = options;
  const begun = Date.now();
  say(
    "Wardline demonstration. Waiting times are those of the fast profile: seconds instead of hours and days.",
  );
  const demo = await startDemo({ usualPorts: true, ...options });
  try {
    say(
      `Everything runs (${seconds(begun)}). The story of one report, each step as observed at the receiving node:`,
    );
    await demo.play((step, sentence) => say(`${String(step).padStart(3)}. ${sentence}`));
    say(`Every step was observed (${seconds(begun)} in all).`);
    if (once) return;
    for (const line of ["", ...signInLines(demo.federation), ""]) say(line);
    say(`Folders and logs: ${join(options.folder)}. Ctrl-C stops everything.`);
    if (signal && !signal.aborted)
      await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
  } finally {
    say("Stopping the nodes.");
    await demo.stop();
  }
}

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
