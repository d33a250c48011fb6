/**
 * The one place where protocols meet libp2p. Serving: quotas, the roster check, sealing and counting around a handler.
 * Asking: one long-lived stream for each peer and protocol, opened when first needed and again when it broke.
 */
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { WardlineError, type Random } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Capability } from "../capabilities.ts";
import { answerOver } from "./answering.ts";
import { askOver, type Asking } from "./asking.ts";
import { createBucket, createBuckets } from "./bucket.ts";
import { openChannel, type Channel } from "./channel.ts";
import type { Fairness, Overuse } from "./fairness.ts";
import type { Meter } from "./meter.ts";
import { FRAME_HEAD, type Asker, type Handler, type Protocol, type ProtocolCounts } from "./protocol.ts";
import { NONCE_BYTES, SEAL_BYTES, sealStream } from "./session.ts";

export interface RegistrarServices {
  readonly host: Libp2p;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** The active member on whose card this peer id stands, as of now. */
  readonly memberOf: (peer: string) => MemberId | undefined;
  /** Whether the roster lets the member do this, as of now. */
  readonly can: (member: MemberId, capability: Capability) => boolean;
  /** The secret agreed in the hello on this connection, if there was one. */
  readonly secretOf: (connection: Connection) => Uint8Array | undefined;
  readonly fairness: Fairness;
  readonly meter: Pick<Meter, "asked">;
  /** Unsent bytes on one stream at which a sender waits. */
  readonly writeHighWater: number;
  /** Milliseconds to open a stream. */
  readonly openTimeout: number;
}

export interface Registrar {
  serve(protocol: Protocol, handler: Handler): Promise<void>;
  /** Asks over the peer's connection. Throws as `Asking.ask`, or `peer/not-connected`. */
  ask(
    connection: Connection,
    protocol: Protocol,
    request: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
  counts(): Record<string, ProtocolCounts>;
}

/** Codes with which a stream is cut that no honest peer causes. */
const breaches: Record<string, Overuse> = {
  "peer/frame-too-long": "malformed",
  "peer/malformed": "malformed",
  "peer/over-limit": "messages",
  "peer/too-slow": "slow",
  "peer/unread": "unread",
};

/** Members of a large federation, each with a share of the quota for all. */
const SHARES = 256;
const MOST_KEYS = 4096;

/**
 * Milliseconds that one more request has to wait for its quota, 0 for none. Members count by their id, over all their
 * connections, and each has a share of the quota for all that nobody else can use up; strangers by peer id, apart, for
 * anybody can make those up.
 */
function createQuotas({ quota }: Protocol, clock: Clock): (asker: Asker) => number {
  const { perSecond, burst } = quota.total;
  const guaranteed = { perSecond: perSecond / SHARES, burst: Math.max(1, burst / SHARES) };
  const members = createBuckets(quota.perPeer, clock, MOST_KEYS);
  const shares = createBuckets(guaranteed, clock, MOST_KEYS);
  const strangers = createBuckets(quota.perPeer, clock, MOST_KEYS);
  const total = createBucket(quota.total, clock);
  return ({ member, peer }) => {
    const own = member ? members(member) : strangers(peer);
    const wait = own.take(1);
    if (wait > 0 || (member && shares(member).take(1) === 0)) return wait;
    const waitForAll = total.take(1);
    if (waitForAll > 0) own.giveBack(1);
    return waitForAll;
  };
}

export function createRegistrar(services: RegistrarServices): Registrar {
  const { clock, fairness } = services;
  const counts = new Map<string, ProtocolCounts>();
  const streams = new WeakMap<Connection, Map<string, Promise<Asking>>>();

  function countsOf(protocol: Protocol): ProtocolCounts {
    let found = counts.get(protocol.name);
    if (!found) {
      found = { requests: 0, answers: 0, refused: 0, busy: 0, bytesIn: 0, bytesOut: 0 };
      counts.set(protocol.name, found);
    }
    return found;
  }

  function channelOf(stream: Stream, protocol: Protocol, longest: number): Channel {
    const overhead = FRAME_HEAD + (protocol.session === "sealed" ? SEAL_BYTES : 0);
    const maxFrame = Math.max(longest + overhead, NONCE_BYTES);
    const limits = { maxFrame, highWater: services.writeHighWater, frameTime: protocol.timeout, clock };
    return openChannel(stream, limits, countsOf(protocol));
  }

  /** What seals the streams of a protocol, if anything does. Throws `peer/no-hello` where one should have come before. */
  function secretFor({ session }: Protocol, connection: Connection): Uint8Array | undefined {
    if (session === "none") return undefined;
    const secret = services.secretOf(connection);
    if (!secret) throw new WardlineError("peer/no-hello", "No hello was exchanged on this connection.");
    return session === "sealed" ? secret : undefined;
  }

  async function serve(protocol: Protocol, handler: Handler): Promise<void> {
    const waitFor = createQuotas(protocol, clock);
    const { needs } = protocol;
    const mayAsk = (member: Asker["member"]) =>
      needs === undefined || (member !== undefined && services.can(member, needs));

    async function accept(stream: Stream, connection: Connection): Promise<void> {
      const peer = connection.remotePeer.toString();
      const asker = () => {
        const member = services.memberOf(peer);
        return member || protocol.admits === "anyone" ? { peer, member, connection } : undefined;
      };
      const channel = channelOf(stream, protocol, protocol.maxRequest);
      try {
        const first = asker();
        if (!first) throw new WardlineError("peer/not-a-member", "The peer is no member.");
        if (waitFor(first) > 0) throw new WardlineError("peer/over-limit", "Too many streams.");
        const secret = secretFor(protocol, connection);
        const nonce = secret && (await channel.receive());
        if (nonce && nonce.length !== NONCE_BYTES) {
          throw new WardlineError("peer/malformed", "The stream does not open with its random bytes.");
        }
        await answerOver(channel, nonce && secret && sealStream(secret, protocol.name, nonce, "acceptor"), {
          protocol,
          handler,
          asker,
          mayAsk: ({ member }) => mayAsk(member),
          wait: waitFor,
          onBusy: ({ member }, wait) => member && fairness.slowed(member, "messages", wait),
          clock,
          counts: countsOf(protocol),
          onFault: (error) => services.log.error({ protocol: protocol.name, error }, "a handler failed"),
        });
      } catch (error) {
        const code = error instanceof WardlineError ? error.code : "peer/internal";
        services.log.warn({ protocol: protocol.name, code }, "stream cut");
        channel.abort(error as Error);
        breached(connection, code);
      }
    }

    await services.host.handle(protocol.name, (stream, connection) => void accept(stream, connection), {
      maxInboundStreams: 4,
      maxOutboundStreams: 4,
      runOnLimitedConnection: true, // one that another member relays
    });
  }

  /** A stranger that breaks a rule is shown the door; a member, when it does so again and again. */
  function breached(connection: Connection, code: string): void {
    const what = breaches[code];
    if (!what) return;
    const member = services.memberOf(connection.remotePeer.toString());
    if (member) fairness.broke(member, what);
    else connection.abort(new WardlineError(code, "A stranger broke the rules."));
  }

  async function open(connection: Connection, protocol: Protocol): Promise<Asking> {
    const secret = secretFor(protocol, connection);
    if (connection.status !== "open")
      throw new WardlineError("peer/not-connected", "The peer is not connected.");
    const signal = AbortSignal.timeout(services.openTimeout);
    const stream = await connection
      .newStream(protocol.name, { signal, runOnLimitedConnection: true })
      .catch((cause: unknown) => {
        throw new WardlineError("peer/no-stream", "The peer opened no stream.", { cause });
      });
    const channel = channelOf(stream, protocol, Math.max(protocol.maxAnswer, protocol.maxRequest));
    void channel.ended.then(() => streams.get(connection)?.delete(protocol.name));
    const onAnswer = (bytes: number) => services.meter.asked(connection, bytes);
    const asking = { protocol, counts: countsOf(protocol), clock, onAnswer };
    if (!secret) return askOver(channel, undefined, asking);
    const nonce = services.random(NONCE_BYTES);
    const seal = sealStream(secret, protocol.name, nonce, "opener");
    channel.send(nonce).catch(() => undefined); // the first question meets the same end
    return askOver(channel, seal, asking);
  }

  return {
    serve,
    async ask(connection, protocol, request, signal) {
      const opened = streams.get(connection) ?? new Map<string, Promise<Asking>>();
      streams.set(connection, opened);
      let stream = opened.get(protocol.name);
      if (!stream) {
        stream = open(connection, protocol);
        opened.set(protocol.name, stream);
        stream.catch(() => opened.delete(protocol.name));
      }
      return (await stream).ask(request, signal);
    },
    counts: () => Object.fromEntries(counts),
  };
}
