/** Settings that are right one by one and impossible together. */
import { isIPv4 } from "node:net";
import { isAbsolute, relative } from "node:path";
import type { Problem } from "./problems.ts";
import type { Configuration } from "./schema.ts";

export function combinationProblems(configuration: Configuration): Problem[] {
  return [...found(configuration)];
}

function* found({
  keyFile,
  credential,
  dataFolder,
  jobs,
  listen,
  federation,
  takedown,
}: Configuration): Generator<Problem> {
  if (keyFile !== undefined && credential !== undefined) {
    yield impossible("credential", "There is a key file, too.", "Name one of keyFile and credential.");
  }
  if (keyFile !== undefined && liesIn(keyFile, dataFolder)) {
    yield impossible(
      "keyFile",
      "It lies inside the data folder, so that who takes the disk has the key as well.",
      "Keep it elsewhere: on another disk, a token, or as a systemd credential.",
    );
  }
  if (jobs.retryFirst > jobs.retryMost) yield crossed("jobs.retryFirst", "jobs.retryMost");
  if (listen.p2p.length === 0 && federation.relay.role !== "use") {
    yield impossible(
      "listen.p2p",
      "No member could reach this node.",
      "Name an address, or set federation.relay.role: use.",
    );
  }
  const { intervals } = federation;
  if (intervals.dialFirst > intervals.dialMost) {
    yield crossed("federation.intervals.dialFirst", "federation.intervals.dialMost");
  }
  if (intervals.retryFirst > intervals.retryMost) {
    yield crossed("federation.intervals.retryFirst", "federation.intervals.retryMost");
  }
  const { host, secure, requireTls, signIn, passwordFile } = takedown.smtp;
  if (!secure && !requireTls && !isLoopback(host)) {
    yield impossible(
      "takedown.smtp.requireTls",
      "Notices would cross the network to the mail server in clear.",
      "Set requireTls: true (port 587) or secure: true (port 465), or use a relay on this machine.",
    );
  }
  if ((signIn === undefined) !== (passwordFile === undefined)) {
    yield impossible(
      "takedown.smtp",
      "A sign-in name without a password file, or the other way round.",
      "Give both, or none.",
    );
  }
  yield* ofNotices(takedown);
}

function* ofNotices({ contacts, apiAllow, replies, ladder }: Configuration["takedown"]): Generator<Problem> {
  for (const [index, { abuse, api, form }] of contacts.entries()) {
    const path = `takedown.contacts.${index}`;
    if (abuse === undefined && api === undefined && form === undefined)
      yield impossible(path, "There is no way to reach it.", "Give abuse, api or form.");
    if (api && URL.parse(api.url)?.protocol === "http:" && !apiAllow.includes(hostAndPortOf(api.url)))
      yield impossible(
        `${path}.api.url`,
        "Notices would cross the network to the provider in clear.",
        `Use https, or list ${hostAndPortOf(api.url)} in takedown.apiAllow if it is a gateway of your own.`,
      );
  }
  if (replies.address !== undefined && !replies.tls && !isLoopback(replies.host))
    yield impossible(
      "takedown.replies.tls",
      "Providers' answers would cross the network in clear.",
      "Give certificate and key, or listen on this machine.",
    );
  if (new Set(ladder.map(({ to }) => to)).size !== ladder.length)
    yield impossible("takedown.ladder", "A step stands there twice.", "Name each of them once.");
}

function hostAndPortOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

function crossed(first: string, most: string): Problem {
  return impossible(first, `It is longer than ${most}.`, `Make it shorter, or ${most} longer.`);
}

function impossible(path: string, message: string, advice: string): Problem {
  return { kind: "impossible-combination", path, message, advice };
}

/** Whether it is this machine, so that nobody on the way can read along. */
const isLoopback = (host: string): boolean =>
  ["localhost", "::1"].includes(host.toLowerCase()) || (isIPv4(host) && host.startsWith("127."));

/** Whether `path` is `folder` or lies in it; both absolute. */
function liesIn(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way.split(/[\\/]/)[0] !== ".." && !isAbsolute(way));
}
