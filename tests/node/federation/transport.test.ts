/** Two hosts over TCP on loopback: frames, limits and the roster check, without anything of the floors above. */
import { randomBytes } from "node:crypto";
import type { Connection, Stream } from "@libp2p/interface";
import { afterEach, describe, expect, test } from "vitest";
import { isWardlineError, systemRandom } from "@wardline/protocol/encoding";
import { loadConfiguration } from "../../../node/configuration/index.ts";
import { createFairness } from "../../../node/federation/transport/fairness.ts";
import { createHost, type Host } from "../../../node/federation/transport/host.ts";
import type { Handler, Protocol } from "../../../node/federation/transport/protocol.ts";
import { createRegistrar } from "../../../node/federation/transport/registrar.ts";
import { createLog, systemClock } from "../../../node/telemetry/index.ts";
import { openDoor, unmetered } from "./open-door.ts";

const plenty = { perSecond: 1e6, burst: 1e6 };
const echo: Protocol = {
  name: "/wardline/echo/1",
  admits: "members",
  session: "sealed",
  maxRequest: 100_000,
  maxAnswer: 100_000,
  window: { requests: 8, bytes: 200_000 },
  quota: { perPeer: plenty, total: plenty },
  timeout: 10_000,
};
const hosts: Host[] = [];
const { limits, relay } = loadConfiguration({}).federation;

interface NodeOptions {
  isMember?: () => boolean;
  mayAsk?: () => boolean;
  secret?: Uint8Array | undefined;
}

async function node(options: NodeOptions = {}) {
  const { isMember = () => true } = options;
  const transportSeed = randomBytes(32);
  const listen = ["/ip4/127.0.0.1/tcp/0"];
  const host = await createHost({
    ...{ transportSeed, listen, announce: [], limits, isMember, meter: unmetered },
    gater: openDoor(),
    relay,
  });
  hosts.push(host);
  const fairness = createFairness(limits, systemClock, createLog("silent"));
  const registrar = createRegistrar({
    host,
    clock: systemClock,
    log: createLog("silent"),
    fairness,
    meter: unmetered,
    random: systemRandom,
    memberOf: () => (isMember() ? "00".repeat(16) : undefined),
    can: () => options.mayAsk?.() ?? true,
    secretOf: () => options.secret,
    writeHighWater: 1 << 20,
    openTimeout: 5000,
  });
  return { host, registrar, fairness };
}

async function pair(protocol: Protocol, handler: Handler, server: Parameters<typeof node>[0] = {}) {
  const secret = randomBytes(32);
  const asking = await node({ secret });
  const answering = await node({ secret, ...server });
  await answering.registrar.serve(protocol, handler);
  await asking.host.start();
  await answering.host.start();
  const connection = await asking.host.dial(answering.host.getMultiaddrs(), {
    signal: AbortSignal.timeout(5000),
  });
  return {
    asking,
    answering,
    connection,
    ask: (bytes: Uint8Array) => asking.registrar.ask(connection, protocol, bytes),
  };
}

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => "no error",
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );

/** A stream used without our framing, as an attacker would. */
async function rawStream(
  connection: Connection,
  protocol: Protocol,
): Promise<{ stream: Stream; ended: Promise<void> }> {
  const stream = await connection.newStream(protocol.name, { signal: AbortSignal.timeout(5000) });
  const ended = new Promise<void>((resolve) => {
    if (stream.status !== "open") resolve();
    stream.addEventListener("close", () => resolve());
  });
  return { stream, ended };
}

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

describe("requests over one stream", () => {
  test("many in flight come back to whom they belong, of any size up to the limit", async () => {
    const { ask, connection } = await pair(echo, async (request) => request);
    const sizes = [0, 1, 16, 1000, 65_536, 100_000];
    const requests = Array.from({ length: 200 }, (_, index) => randomBytes(sizes[index % sizes.length] ?? 0));
    const answers = await Promise.all(requests.map(ask));
    answers.forEach((answer, index) => expect(Buffer.compare(answer, requests[index] as Buffer)).toBe(0));
    expect(connection.streams.filter(({ protocol }) => protocol === echo.name)).toHaveLength(1);
  });

  test("a longer request is refused before it is sent", async () => {
    const { ask } = await pair(echo, async (request) => request);
    expect(await codeOf(ask(randomBytes(100_001)))).toBe("peer/frame-too-long");
    expect(await codeOf(ask(randomBytes(10)))).toBe("no error");
  });

  test("a handler's refusal arrives as its code, any other failure as peer/internal", async () => {
    const { WardlineError } = await import("@wardline/protocol/encoding");
    const { ask } = await pair(echo, async (request) => {
      if (request[0] === 1) throw new WardlineError("statement/not-allowed", "Never said to the other side.");
      throw new Error("A fault of ours.");
    });
    expect(await codeOf(ask(Uint8Array.of(1)))).toBe("statement/not-allowed");
    expect(await codeOf(ask(Uint8Array.of(2)))).toBe("peer/internal");
  });

  test("requests of a slow handler never exceed the window", async () => {
    let running = 0;
    let most = 0;
    const { ask } = await pair(echo, async (request) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return request;
    });
    await Promise.all(Array.from({ length: 100 }, () => ask(randomBytes(10))));
    expect(most).toBeLessThanOrEqual(8);
  });

  test("without a hello a sealed protocol is not spoken, by either side", async () => {
    const { ask, connection } = await pair(echo, async (request) => request, { secret: undefined });
    expect(await codeOf(ask(randomBytes(10)))).toBe("peer/stream-closed");
    expect(connection.status).toBe("open");
  });

  test("nor is one that only asks for a hello", async () => {
    const greeted: Protocol = { ...echo, session: "hello" };
    const { ask } = await pair(greeted, async (request) => request, { secret: undefined });
    expect(await codeOf(ask(randomBytes(10)))).toBe("peer/stream-closed");
  });

  test("sides that agreed on different secrets do not understand each other", async () => {
    let handled = 0;
    const { ask } = await pair(echo, async (request) => (handled++, request), { secret: randomBytes(32) });
    expect(await codeOf(ask(randomBytes(10)))).toBe("peer/stream-closed");
    expect(handled).toBe(0);
  });
});

describe("peers that break the rules", () => {
  const open: Protocol = { ...echo, name: "/wardline/open/1", session: "none" };

  test("a frame longer than allowed is never read: the stream is cut", async () => {
    const { connection } = await pair(open, async (request) => request);
    const { stream, ended } = await rawStream(connection, open);
    stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3));
    await ended;
    expect(stream.status).not.toBe("open");
  });

  test.each([
    ["too short for a request", Uint8Array.of(0, 0, 0, 2, 1, 2)],
    ["of a kind that is no request", Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 1, 9)],
    ["empty", Uint8Array.of(0, 0, 0, 0)],
  ])("a frame %s cuts the stream", async (_, bytes) => {
    let handled = 0;
    const { connection } = await pair(open, async (request) => (handled++, request));
    const { stream, ended } = await rawStream(connection, open);
    stream.send(bytes);
    await ended;
    expect(stream.status).not.toBe("open");
    expect(handled).toBe(0);
  });

  test("a frame that never ends is cut when its time is over, and others are served meanwhile", async () => {
    const brief: Protocol = { ...open, timeout: 300 };
    const { connection, ask, answering } = await pair(brief, async (request) => request);
    const { stream, ended } = await rawStream(connection, brief);
    stream.send(Uint8Array.of(0, 0, 100, 0, 1, 2, 3));
    expect((await ask(randomBytes(100))).length).toBe(100);
    const dribble = setInterval(() => stream.status === "open" && stream.send(Uint8Array.of(1)), 20);
    await ended;
    clearInterval(dribble);
    expect(answering.fairness.totals()).toMatchObject({ slow: { broken: 1, cut: 0 } });
    expect((await ask(randomBytes(100))).length).toBe(100);
  });

  test("a stream may be silent between frames for as long as it likes", async () => {
    const brief: Protocol = { ...open, timeout: 100 };
    const { ask } = await pair(brief, async (request) => request);
    expect((await ask(randomBytes(10))).length).toBe(10);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ask(randomBytes(10))).length).toBe(10);
  });

  test("a peer that never reads its answers holds up itself alone, and is cut", async () => {
    const heavy: Protocol = {
      ...open,
      timeout: 1000,
      maxAnswer: 1 << 18,
      window: { requests: 32, bytes: 1e6 },
    };
    let handled = 0;
    const { connection, ask, answering } = await pair(heavy, async () => (handled++, randomBytes(1 << 18)));
    const { stream, ended } = await rawStream(connection, heavy);
    stream.pause();
    const request = (number: number) => Uint8Array.of(0, 0, 0, 5, 0, 0, number >> 8, number & 255, 0);
    for (let number = 0; number < 100; number++) stream.send(request(number));
    expect((await ask(randomBytes(1))).length).toBe(1 << 18);
    await ended;
    // Besides those in its window nothing was done for it.
    expect(handled).toBeLessThan(100);
    expect(answering.fairness.totals().unread?.broken).toBe(1);
    expect((await ask(randomBytes(1))).length).toBe(1 << 18);
  });

  test("more requests than the quota are told to wait; who goes on regardless is cut off", async () => {
    const slow = { perSecond: 0.001, burst: 5 };
    const limited: Protocol = {
      ...open,
      window: { requests: 1000, bytes: 1e6 },
      quota: { perPeer: slow, total: plenty },
    };
    let handled = 0;
    const { ask } = await pair(limited, async (request) => (handled++, request));
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(ask(randomBytes(1)))));
    // One token went for opening the stream.
    expect(codes.filter((code) => code === "no error")).toHaveLength(4);
    expect(codes.filter((code) => code === "peer/busy")).toHaveLength(16);
    const more = await Promise.all(Array.from({ length: 400 }, () => codeOf(ask(randomBytes(1)))));
    expect(more.at(-1)).toBe("peer/stream-closed");
    expect(handled).toBe(4);
  });

  test("who lacks what the protocol needs is refused each request, and heard again once the roster lists it", async () => {
    let listed = false;
    let handled = 0;
    const needy: Protocol = { ...open, needs: "material" };
    const { ask } = await pair(needy, async (request) => (handled++, request), { mayAsk: () => listed });
    expect(await codeOf(ask(randomBytes(1)))).toBe("peer/no-capability");
    expect(await codeOf(ask(randomBytes(1)))).toBe("peer/no-capability");
    expect(handled).toBe(0);
    listed = true;
    expect(await codeOf(ask(randomBytes(1)))).toBe("no error");
  });

  test("who stops being a member is cut off in the middle of a stream", async () => {
    let member = true;
    const { ask } = await pair(open, async (request) => request, { isMember: () => member });
    expect(await codeOf(ask(randomBytes(1)))).toBe("no error");
    member = false;
    expect(await codeOf(ask(randomBytes(1)))).toBe("peer/stream-closed");
  });

  test("a stranger reaches neither a members' protocol nor libp2p's own", async () => {
    const { ask, connection } = await pair(open, async (request) => request, { isMember: () => false });
    expect(await codeOf(ask(randomBytes(1)))).toBe("peer/stream-closed");
    for (const protocol of ["/wardline/kad/1", "/wardline/ping/1.0.0", "/wardline/id/1.0.0"]) {
      const { ended } = await rawStream(connection, { ...open, name: protocol });
      await ended;
    }
    expect(connection.status).toBe("open");
  });

  test("a reader that waits for its disk makes the writer wait, and loses nothing", async () => {
    const gate = Promise.withResolvers<void>();
    const wide: Protocol = { ...open, maxRequest: 1 << 20, window: { requests: 64, bytes: 4 << 20 } };
    const { ask, connection } = await pair(wide, async (request) => {
      await gate.promise;
      return request.subarray(0, 4);
    });
    const asked = Array.from({ length: 32 }, () => ask(randomBytes(1 << 20)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [stream] = connection.streams.filter(({ protocol }) => protocol === wide.name);
    expect(stream?.status).toBe("open");
    gate.resolve();
    for (const answer of await Promise.all(asked)) expect(answer.length).toBe(4);
  });
});
