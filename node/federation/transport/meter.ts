/**
 * What comes over a connection, whoever asked for it and whatever protocol it claims to be: below our own framing, so that
 * streams that never name a protocol, and libp2p's own, count too. Too many streams end the connection; too many bytes
 * are read later, and TCP makes the peer wait.
 */
import type { Connection, MessageStream, StreamMuxer, StreamMuxerFactory } from "@libp2p/interface";
import type { MemberId } from "@wardline/protocol/identity";
import type { FederationLimits } from "../../configuration/settings/federation.ts";
import type { Clock } from "../../telemetry/index.ts";
import { createBucket, createBuckets, type Bucket, type Quota } from "./bucket.ts";
import type { Fairness } from "./fairness.ts";

export interface MeterServices {
  readonly clock: Clock;
  readonly fairness: Fairness;
  readonly memberOf: (peer: string) => MemberId | undefined;
  /** Whether this node asked that peer to carry other members' connections: these are metered one by one. */
  readonly carries: (peer: string) => boolean;
  /** Streams that a peer may have open at a time, and open anew. */
  readonly streams: number;
  readonly streamRate: Quota;
  /** Bytes from one member over all its connections, and from one connection of a stranger. */
  readonly bytes: Quota;
  readonly strangerBytes: Quota;
}

export interface Meter {
  /** The same muxer, metered. */
  around(factory: () => StreamMuxerFactory): () => StreamMuxerFactory;
  /** Begins with a connection; call for each when it opens. */
  attach(connection: Connection): void;
  /** Bytes that this node had asked for: they are not held against the peer. */
  asked(connection: Connection, bytes: number): void;
}

/** What the settings say of a connection, with the bursts that they promise. */
export function meteredBy(limits: FederationLimits) {
  const quota = (perSecond: number, times: number): Quota => ({ perSecond, burst: perSecond * times });
  return {
    streams: limits.streams,
    streamRate: quota(limits.streamsPerSecond, 10),
    bytes: quota(limits.bytesPerSecond, 4),
    strangerBytes: quota(limits.strangerBytes, 16),
  };
}

interface Metered {
  readonly muxer: StreamMuxer;
  readonly line: MessageStream;
}

/** Longest pause at a time: what is known of the peer may change meanwhile. */
const LONGEST_PAUSE = 1000;
const MOST_KEYS = 4096;

export function createMeter(services: MeterServices): Meter {
  const { clock, fairness, memberOf } = services;
  /** By the muxer's list of streams: the one thing of a muxer that a connection shows. */
  const metered = new WeakMap<object, Metered>();
  const bytesOfMember = createBuckets(services.bytes, clock, MOST_KEYS);
  const streamsOfMember = createBuckets(services.streamRate, clock, MOST_KEYS);
  const bytesOfStranger = new WeakMap<Connection, Bucket>();

  const isCarrier = ({ remotePeer }: Connection) => services.carries(remotePeer.toString());
  const memberAt = (connection: Connection) => memberOf(connection.remotePeer.toString());

  function bytesOf(connection: Connection): Bucket {
    const member = memberAt(connection);
    if (member) return bytesOfMember(member);
    const bucket = bytesOfStranger.get(connection) ?? createBucket(services.strangerBytes, clock);
    bytesOfStranger.set(connection, bucket);
    return bucket;
  }

  function watchBytes(connection: Connection, line: MessageStream): void {
    let paused = false;
    line.addEventListener("message", ({ data }) => {
      if (isCarrier(connection)) return;
      const wait = bytesOf(connection).spend(data.byteLength);
      // A pause from inside this listener would be undone by the library.
      if (wait > 0 && !paused) queueMicrotask(() => pause(wait));
    });

    function pause(wait: number): void {
      if (paused || line.status !== "open") return;
      paused = true;
      line.pause();
      const member = memberAt(connection);
      if (member) fairness.slowed(member, "bytes", wait);
      clock.after(Math.min(wait, LONGEST_PAUSE), () => {
        paused = false;
        if (line.status === "open") line.resume();
      });
    }
  }

  function watchStreams(connection: Connection, muxer: StreamMuxer, most: number): void {
    const ofStranger = createBucket(services.streamRate, clock);
    muxer.addEventListener("stream", () => {
      const member = memberAt(connection);
      const rate = member ? streamsOfMember(member) : ofStranger;
      const open = muxer.streams.filter(({ direction }) => direction === "inbound").length;
      if (isCarrier(connection) || (open <= most && rate.take(1) === 0)) return;
      if (connection.status !== "open") return;
      connection.abort(new Error("The peer opens too many streams."));
      if (member) fairness.broke(member, "streams");
    });
  }

  return {
    around: (factory) => () => {
      const inner = factory();
      return {
        protocol: inner.protocol,
        createStreamMuxer(line) {
          const muxer = inner.createStreamMuxer(line);
          metered.set(muxer.streams, { muxer, line });
          return muxer;
        },
      };
    },
    attach(connection) {
      const found = metered.get(connection.streams);
      if (!found) return;
      watchBytes(connection, found.line);
      watchStreams(connection, found.muxer, services.streams);
    },
    asked: (connection, bytes) => bytesOf(connection).giveBack(bytes),
  };
}
