/**
 * Live announcements of what this member holds, under blinded keys in the routing table: a background job says them again and
 * again, and what is not said again is forgotten. Asking is a person's deliberate act: members near the key learn that somebody
 * asks, and each holder found is asked itself, so it learns for which file.
 */
import { feedId } from "@wardline/protocol/adverts";
import { WardlineError, encodeCbor, hex, isWardlineError, unhex } from "@wardline/protocol/encoding";
import { blindedKey } from "@wardline/protocol/holders";
import type { MemberId } from "@wardline/protocol/identity";
import { CID } from "multiformats/cid";
import { create as multihash } from "multiformats/hashes/digest";
import type { Commit } from "../../commit/index.ts";
import type { FederationSettings } from "../../configuration/index.ts";
import type { Jobs } from "../../jobs/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import { records } from "../feeds/collections.ts";
import type { Feeds } from "../feeds/feeds.ts";
import type { Link, Links } from "../hello/links.ts";
import type { Host } from "../transport/host.ts";
import { readMessage } from "../transport/messages.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import type { Secrets } from "./secrets.ts";
import { holdersRequestSchema, holdsAnswerSchema, secretAnswerSchema, type HoldersRequest } from "./wire.ts";

const JOB = "federation.announce";
/** Codes of libp2p in a CID: `raw` content, `sha2-256` digest. */
const RAW = 0x55;
const SHA2_256 = 0x12;

export interface AnnouncementServices {
  readonly protocol: Protocol;
  readonly settings: FederationSettings["announcements"];
  readonly self: MemberId;
  readonly host: Host;
  readonly secrets: Secrets;
  readonly feeds: Pick<Feeds, "findBySha256">;
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly memberOf: (peer: string) => MemberId | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A member that announced to hold a file. */
export interface HolderFound {
  readonly member: MemberId;
  /** It was asked and says so now. False: it could not be asked. */
  readonly confirmed: boolean;
}

export interface Announcements {
  readonly enabled: boolean;
  answer(request: Uint8Array): Promise<Uint8Array>;
  /** Plans the background job, if this member announces. */
  start(): Promise<void>;
  /** Who announces to hold this file; those who deny it when asked are left out. Throws `holders/off`. */
  ask(sha256: string): Promise<HolderFound[]>;
}

export function createAnnouncements(services: AnnouncementServices): Announcements {
  const { settings, self, host, secrets, commit, jobs, links, clock, log, protocol } = services;
  const { enabled } = settings;

  async function answer(bytes: Uint8Array): Promise<Uint8Array> {
    const request = readMessage(holdersRequestSchema, bytes);
    if (!enabled) throw off();
    if (request.kind === "holds") return encodeCbor({ holds: await holds(hex(request.sha256)) });
    if (request.known) await secrets.adopt(request.known);
    return encodeCbor(await ownSecret());
  }

  async function holds(sha256: string): Promise<boolean> {
    const said = await services.feeds.findBySha256(commit, sha256);
    return said.some(
      ({ author, audience, record }) => author === self && audience === "members" && record.held,
    );
  }

  const ownSecret = async () => {
    const known = await secrets.current();
    return known ? { known } : {};
  };

  async function askLink(link: Link, request: HoldersRequest): Promise<Uint8Array> {
    if (!link.theirs.protocols.includes(protocol.name)) throw off();
    return services.registrar().ask(link.connection, protocol, encodeCbor(request));
  }

  /** Both end with the same secret. A member that does not announce has none to tell. */
  async function agreeWith(link: Link): Promise<void> {
    try {
      const request: HoldersRequest = { kind: "secret", ...(await ownSecret()) };
      const { known } = readMessage(secretAnswerSchema, await askLink(link, request));
      if (known) await secrets.adopt(known);
    } catch (error) {
      if (!isWardlineError(error)) log.warn({ error }, "no secret for announcements was agreed");
    }
  }

  const agreeWithAll = () => Promise.all(links.all().map(agreeWith));

  async function announceAll(stop: AbortSignal): Promise<void> {
    await agreeWithAll();
    const { secret } = await secrets.draw();
    for await (const sha256 of announced()) {
      // Without an address to give, the library waits for ever.
      if (stop.aborted || host.getMultiaddrs().length === 0) return;
      await announce(contentOf(secret, sha256));
    }
  }

  /** The newest of what the feed for all members says this member holds. */
  async function* announced(): AsyncIterable<string> {
    let count = 0;
    const newest = { index: "sequence", prefix: [feedId(self, "members")], reverse: true };
    for await (const { value } of commit.list(records, { ...newest, limit: settings.most * 10 })) {
      if (!value.record.held) continue;
      yield value.record.digests.sha256;
      if (++count >= settings.most) return;
    }
  }

  async function announce(content: CID): Promise<void> {
    try {
      const signal = AbortSignal.timeout(settings.timeout);
      await Array.fromAsync(host.services.dht.provide(content, { signal }));
    } catch (error) {
      log.info({ reason: (error as Error).name }, "an announcement reached nobody; it is made again");
    }
  }

  async function find(content: CID, found: Set<MemberId>): Promise<void> {
    try {
      const signal = AbortSignal.timeout(settings.timeout);
      for await (const event of host.services.dht.findProviders(content, { signal })) {
        if (event.name !== "PROVIDER") continue;
        for (const { id } of event.providers) {
          const member = services.memberOf(id.toString());
          if (member && member !== self && found.size < settings.answers) found.add(member);
        }
        if (found.size >= settings.answers) return;
      }
    } catch {
      // Out of time: what was found until then counts.
    }
  }

  /** Undefined when it cannot be asked. */
  async function confirm(member: MemberId, sha256: string): Promise<boolean | undefined> {
    const link = links.to(member);
    if (!link) return undefined;
    try {
      const answered = await askLink(link, { kind: "holds", sha256: unhex(sha256, 32) });
      return readMessage(holdsAnswerSchema, answered).holds;
    } catch {
      return undefined;
    }
  }

  const next = () => ({ kind: JOB, id: "announce", at: clock.now() + settings.refresh, payload: {} });

  if (enabled) {
    jobs.register(
      JOB,
      async (_, run) => {
        await announceAll(run.signal);
        return (unit) => jobs.schedule(unit, next());
      },
      { gaveUp: (unit) => jobs.schedule(unit, next()) },
    );
    links.onLinked((link) => {
      if (link.side === "opener") void agreeWith(link);
    });
  }

  return {
    enabled,
    answer,
    async start() {
      if (enabled) await commit.run((unit) => jobs.schedule(unit, { ...next(), at: clock.now() }));
    },
    async ask(sha256) {
      if (!enabled) throw off();
      await agreeWithAll();
      const found = new Set<MemberId>();
      for (const { secret } of await secrets.known()) await find(contentOf(secret, sha256), found);
      const asked = await Promise.all(
        [...found].map(async (member) => ({ member, says: await confirm(member, sha256) })),
      );
      return asked
        .filter(({ says }) => says !== false)
        .map(({ member, says }) => ({ member, confirmed: says === true }));
    },
  };
}

const contentOf = (secret: Uint8Array, sha256: string) =>
  CID.createV1(RAW, multihash(SHA2_256, blindedKey(secret, sha256)));

const off = () =>
  new WardlineError("holders/off", "This member takes no part in live announcements of holders.", {
    advice: "Read in the hash adverts who holds the file, or have federation.announcements.enabled set.",
  });
