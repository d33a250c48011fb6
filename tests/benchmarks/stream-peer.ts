/**
 * A bare libp2p peer: the same transport, encryption and multiplexer as a node's, one long-lived stream, requests and
 * answers of given lengths with several in flight. No membership, no framing but a length, nothing on disk.
 */
import { noise } from "@chainsafe/libp2p-noise";
import type { Libp2p, Stream } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { answerQuestions } from "./children.ts";
import { cpuOfProcess } from "./cpu.ts";

const PROTOCOL = "/bench/1";
const MiB = 2 ** 20;
/** Lengths of the answers that a stream's first bytes ask for. */
const HEAD = 8;

export interface Load {
  readonly address: string;
  /** Bytes of each request and each answer. */
  readonly request: number;
  readonly answer: number;
  readonly inFlight: number;
  readonly times: number;
}

let host: Libp2p | undefined;

export const questions = {
  /** Answers with the address to reach it. */
  listen: async (): Promise<string> => {
    host = await createHost();
    await host.handle(PROTOCOL, (stream) => void serve(stream), { maxInboundStreams: 4 });
    return String(host.getMultiaddrs()[0]);
  },
  /** Milliseconds that the load took. */
  run: async (load: Load): Promise<number> => {
    host ??= await createHost();
    const stream = await host.dialProtocol(multiaddr(load.address), PROTOCOL);
    const started = performance.now();
    await request(stream, load);
    const took = performance.now() - started;
    stream.abort(new Error("done"));
    return took;
  },
  cpu: (): number => cpuOfProcess(),
};
answerQuestions(questions);

async function createHost(): Promise<Libp2p> {
  const streamOptions = {
    maxStreamWindowSize: MiB,
    maxReadBufferLength: 4 * MiB,
    maxWriteBufferLength: 16 * MiB,
  };
  return createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions })],
    connectionMonitor: { enabled: false },
  });
}

/** Calls back each time that `length` more bytes have come. */
function whenever(stream: Stream, length: () => number, came: () => void): void {
  let bytes = 0;
  stream.addEventListener("message", ({ data }) => {
    bytes += data.byteLength;
    while (bytes >= length()) {
      bytes -= length();
      came();
    }
  });
}

/** Answers every request of the length that the stream's first bytes name. */
function serve(stream: Stream): void {
  let lengths: { request: number; answer: Uint8Array } | undefined;
  let head: Uint8Array = new Uint8Array();
  stream.addEventListener(
    "message",
    ({ data }) => {
      head = data.subarray(0, HEAD);
      const view = new DataView(head.buffer, head.byteOffset);
      lengths = { request: view.getUint32(0), answer: new Uint8Array(view.getUint32(4)) };
    },
    { once: true },
  );
  whenever(
    stream,
    () => lengths?.request ?? Infinity,
    () => lengths && stream.send(lengths.answer),
  );
}

function request(stream: Stream, { request, answer, inFlight, times }: Load): Promise<void> {
  const done = Promise.withResolvers<void>();
  const message = new Uint8Array(request);
  const view = new DataView(message.buffer);
  view.setUint32(0, request);
  view.setUint32(4, answer);
  let sent = 0;
  let came = 0;
  const send = () => {
    if (sent++ < times) stream.send(message);
  };
  whenever(
    stream,
    () => answer,
    () => (++came === times ? done.resolve() : send()),
  );
  stream.addEventListener("close", () => done.reject(new Error("The stream ended.")));
  for (let at = 0; at < inFlight; at++) send();
  return done.promise;
}
