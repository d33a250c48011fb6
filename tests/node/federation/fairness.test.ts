/** A member's key in hostile hands: whatever its peer does, it is slowed, then cut off, and an honest member's statements go on. */
import { createConnection } from "node:net";
import type { Connection, Stream, StreamMuxer } from "@libp2p/interface";
import { afterEach, expect, test } from "vitest";
import { ByteWriter, isWardlineError } from "@wardline/protocol/encoding";
import type { Federation } from "../../../node/federation/index.ts";
import { startPuppet, type Puppet } from "./puppet.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  startNode,
  until,
  type Described,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

interface Scene {
  /** The node under attack, and what it has accepted, in order. */
  readonly target: TestNode;
  readonly honest: TestNode;
  readonly hostile: Puppet;
  readonly heard: string[];
  readonly address: string;
  /** Of the hostile member. */
  readonly place: TestNode["place"];
}

async function scene(limits: Record<string, unknown> = {}, attacker: Described = policeB): Promise<Scene> {
  const { places, files } = await found([hotlineA, hotlineB, attacker]);
  const [placeA, placeB, placeC] = places as [TestNode["place"], TestNode["place"], TestNode["place"]];
  const heard: string[] = [];
  const listen = (federation: Federation) =>
    federation.handle("conversation.message", {
      apply: async (unit, { statement }) =>
        unit.afterCommit(() => heard.push(String(statement.payload["text"]))),
    });
  const settings = { federation: { limits } };
  const target = await startNode(placeA, { prepare: listen, settings });
  const honest = await startNode(placeB);
  await until("the honest have met", async () => await connected(target, honest));
  const hostile = await startPuppet(placeC, files.trust);
  const address = target.federation.addresses()[0] as string;
  return { target, honest, hostile, heard, address, place: placeC };
}

/** Says so many things to the target in one conversation, and waits until all have arrived, in their order. */
async function talkOn({ honest, target, heard }: Scene, count = 20): Promise<void> {
  const about = newId();
  const said = Array.from({ length: count }, (_, index) => `${about} ${index}`);
  for (const text of said) {
    await honest.commit.run((unit) =>
      honest.federation.say(unit, {
        type: "conversation.message",
        to: [target.place.memberId],
        payload: { conversation: newId(), pseudonym: "p", text, report: { id: about, reference: "AA-1" } },
        about,
      }),
    );
  }
  const arrived = () => heard.filter((text) => text.startsWith(about));
  await until("the honest member is heard", () => arrived().length >= count);
  expect(arrived()).toEqual(said);
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "no error",
    (error: unknown) => (isWardlineError(error) ? error.code : (error as Error).name),
  );

/** Incidents of the hostile member, by what there was too much of. */
const incidents = ({ target }: Scene) =>
  Object.fromEntries(target.federation.overLimit().incidents.map(({ what, state }) => [what, state]));

async function rawStream(connection: Connection, protocol: string): Promise<Stream> {
  return connection.newStream(protocol, { signal: AbortSignal.timeout(5000) });
}

/** Attacks over and over, with a new connection whenever the last one was closed, until the target lets none in. */
async function untilCut(
  { target, hostile, address }: Scene,
  attack: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  await until("it is cut off", async () => {
    try {
      await attack(await hostile.connect(address));
    } catch {
      // Its stream or connection was closed.
    }
    return target.federation.overLimit().incidents.some(({ state }) => state === "cut");
  });
  await expect(hostile.connect(address).then(hostile.exchange)).rejects.toThrow();
}

test("ten thousand streams end the connection, and the one who opens them is cut off", async () => {
  const all = await scene();
  let opened = 0;
  const flood = async (connection: Connection) => {
    await all.hostile.exchange(connection);
    const { muxer } = connection as unknown as { muxer: StreamMuxer };
    for (let index = 0; index < 1200 && connection.status === "open"; index++) {
      await muxer.createStream();
      opened++;
    }
    await until("it is closed", () => connection.status !== "open");
  };
  await Promise.all([untilCut(all, flood), talkOn(all)]);
  expect(opened).toBeGreaterThanOrEqual(10_000);
  expect(incidents(all)).toMatchObject({ streams: "cut" });
  await talkOn(all);
});

test("a flood of messages is answered with waits; who goes on regardless is cut off", async () => {
  const all = await scene({ requestsPerSecond: 20, requestsBurst: 60 });
  await (await all.hostile.meet(all.address)).close();
  const { bytes } = all.hostile.envelope(all.target.place.memberId);
  const codes = new Map<string, number>();
  const flood = async (connection: Connection) => {
    await all.hostile.exchange(connection);
    await all.hostile.greet(connection);
    while (connection.status === "open" && incidents(all)["messages"] !== "cut") {
      const asked = Array.from({ length: 64 }, () => codeOf(all.hostile.ask(connection, "envelope", bytes)));
      for (const code of await Promise.all(asked)) codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  await Promise.all([untilCut(all, flood), talkOn(all)]);
  expect(codes.get("peer/busy")).toBeGreaterThan(256);
  expect(incidents(all)).toMatchObject({ messages: "cut" });
  expect(all.target.federation.overLimit().totals.messages?.slowed).toBeGreaterThan(256);
  await talkOn(all);
});

test("frames longer than allowed, again and again", async () => {
  const all = await scene();
  const attack = async (connection: Connection) => {
    await all.hostile.exchange(connection);
    const stream = await rawStream(connection, "/wardline/membership/1");
    stream.send(new ByteWriter().u32(0xffff_ffff).finish());
    await until("the stream is cut", () => stream.status !== "open");
  };
  await Promise.all([untilCut(all, attack), talkOn(all)]);
  expect(incidents(all)).toMatchObject({ malformed: "cut" });
});

test("streams left hanging, frames announced and dribbled: bounded, and nobody else waits", async () => {
  const all = await scene();
  const connection = await all.hostile.meet(all.address);
  for (const protocol of ["membership", "hello", "envelope", "feed", "material"]) {
    for (let index = 0; index < 4; index++) {
      const stream = await rawStream(connection, `/wardline/${protocol}/1`).catch(() => undefined);
      if (stream?.status === "open") stream.send(Uint8Array.of(0, 0, 100, 0, 1, 2, index));
    }
  }
  await talkOn(all);
  const hanging = connection.streams.filter(({ status }) => status === "open").length;
  expect(hanging).toBeGreaterThan(0);
  expect(hanging).toBeLessThanOrEqual(64);
});

test("what a member sends beyond its bytes is read later, and the operator sees it", async () => {
  const all = await scene({ bytesPerSecond: "256KiB" });
  const connection = await all.hostile.meet(all.address);
  const junk = new Uint8Array(100_000);
  const asked = Array.from({ length: 16 }, () => codeOf(all.hostile.ask(connection, "envelope", junk)));
  await until("it is slowed", () => incidents(all)["bytes"] === "slowed");
  await talkOn(all);
  expect(all.target.federation.overLimit().totals.bytes?.slowed).toBeGreaterThan(0);
  // It is late, not lost.
  for (const code of await Promise.all(asked)) expect(code).toMatch(/^(envelope|encoding|peer)\//);
});

test("a member has a few connections at a time", async () => {
  const all = await scene({ connectionsPerMember: 2 });
  const more = await Promise.all([1, 2, 3].map(() => startPuppet(all.place, all.target.federation.trust())));
  const connection = await all.hostile.connect(all.address);
  await all.hostile.exchange(connection); // now the target knows the card
  const outcomes: string[] = [];
  for (const puppet of more) {
    outcomes.push(await codeOf(puppet.connect(all.address).then((one) => puppet.exchange(one))));
  }
  expect(outcomes[0]).toBe("no error");
  expect(outcomes.slice(1)).not.toContain("no error");
  expect(incidents(all)).toHaveProperty("connections");
  await talkOn(all);
});

test("lines on which nobody says anything leave room for others, and are cut", async () => {
  const all = await scene({ upgradeTimeout: "2s" });
  const port = all.target.place.port;
  const silent = Array.from({ length: 20 }, () =>
    createConnection({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }).on("error", () => undefined),
  );
  const ended = silent.map((socket) => new Promise((resolve) => socket.on("close", resolve)));
  await until("they hang", () => silent.some(({ readyState }) => readyState === "open"));
  const connection = await all.hostile.meet(all.address);
  expect(connection.status).toBe("open");
  await talkOn(all);
  await Promise.all(ended);
});

test("nothing is sent to a member that may not receive; it waits and says so", async () => {
  const deaf: Described = { ...hotlineB, capabilities: ["send"] };
  const { places } = await found([hotlineA, deaf]);
  const [a, b] = (await Promise.all(places.map((place) => startNode(place)))) as [TestNode, TestNode];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  const about = newId();
  await a.commit.run((unit) =>
    a.federation.say(unit, {
      type: "conversation.message",
      to: [b.place.memberId],
      payload: { conversation: newId(), pseudonym: "p", text: "Hello" },
      about,
    }),
  );
  expect(await a.federation.deliveriesAbout(a.commit, about)).toMatchObject([
    { state: "waiting", detail: "envelope/recipient-does-not-receive" },
  ]);
  expect(a.federation.counts()["/wardline/envelope/1"]?.requests ?? 0).toBe(0);
});

test("a member without the capability is refused by code, and heard once the roster lists it", async () => {
  const silent: Described = { ...policeB, capabilities: ["witness"] };
  const all = await scene({}, silent);
  const connection = await all.hostile.meet(all.address);
  const { bytes } = all.hostile.envelope(all.target.place.memberId);
  expect(await codeOf(all.hostile.ask(connection, "envelope", bytes))).toBe("peer/no-capability");
  expect(await codeOf(all.hostile.ask(connection, "feed", new Uint8Array(8)))).toBe("peer/no-capability");
  expect(await codeOf(all.hostile.ask(connection, "material", new Uint8Array(8)))).toBe("peer/no-capability");
  expect(all.heard).toEqual([]);
  expect(connection.status).toBe("open");
});
