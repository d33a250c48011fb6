/** Which heads of feeds hellos name, and that a member that takes a question and never answers does not hold a feed back. */
import { afterEach, describe, expect, test } from "vitest";
import type { Connection } from "@libp2p/interface";
import { eraseRecord, feedId, openBlock } from "@wardline/protocol/adverts";
import { decodeCbor, encodeCbor, unhex } from "@wardline/protocol/encoding";
import { blocks, feedStates } from "../../../node/federation/feeds/collections.ts";
import { createNaming, knownHeads } from "../../../node/federation/hello/naming.ts";
import { given } from "../../support/codes.ts";
import { countAt, holdingsOf, publish, record } from "./adverts.ts";
import { pushOf, startPuppet } from "./puppet.ts";
import { cleanUp, found, hotlineA, hotlineB, policeB, startNode, until } from "./support.ts";

afterEach(cleanUp);

const head = (feed: number, height: number) => {
  const bytes = (of: number) => new Uint8Array(new Uint32Array([of, 0, 0, 0, 0, 0, 0, 0]).buffer);
  return { feed: bytes(feed), epoch: 1, height, head: bytes(feed * 1000 + height) };
};

describe("the heads that a hello names", () => {
  const connection = {} as Connection;

  test("all at first, then those that are new, and all again when one got lost", () => {
    const naming = createNaming();
    expect(naming.startsOver(connection)).toBe(true);
    expect(naming.next(connection, [head(1, 1), head(2, 1)])).toHaveLength(2);
    expect(naming.startsOver(connection)).toBe(false);
    expect(naming.next(connection, [head(1, 1), head(2, 1)])).toEqual([]);
    expect(naming.next(connection, [head(1, 1), head(2, 2), head(3, 1)])).toEqual([head(2, 2), head(3, 1)]);
    expect(naming.next({} as Connection, [head(1, 1)])).toEqual([head(1, 1)]);
    naming.startOver(connection);
    expect(naming.next(connection, [head(1, 1), head(2, 2)])).toHaveLength(2);
  });

  test("more than one hello holds are named by the next ones", () => {
    const naming = createNaming();
    const heads = Array.from({ length: 2500 }, (_, feed) => head(feed, 1));
    const named = [1, 2, 3, 4].map(() => naming.next(connection, heads));
    expect(named.map(({ length }) => length)).toEqual([1024, 1024, 452, 0]);
    expect(named.flat()).toEqual(heads);
  });

  test("the reader keeps what was named before, and of each feed the latest", () => {
    expect(knownHeads([head(1, 1), head(2, 1)], [])).toEqual([head(1, 1), head(2, 1)]);
    expect(knownHeads([head(1, 1), head(2, 1)], [head(2, 5), head(3, 1)])).toEqual([
      head(1, 1),
      head(2, 5),
      head(3, 1),
    ]);
  });
});

test("a member that gives blocks with a record erased or altered is refused: the feed comes from another one", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placePolice] = [given(places[0]), given(places[1]), given(places[2])];
  const before = await startNode(placeA);
  await publish(before, [record(), record()]);
  const feed = feedId(placeA.memberId, "members");
  const { head: newest } = given(await before.commit.get(feedStates, feed));
  const block = openBlock(given(await before.commit.get(blocks, feed, 0)), before.federation.trust());
  await before.stop();
  const claimed = { feed: unhex(feed, 32), epoch: 1, height: 0, head: unhex(newest.hash, 32) };
  const wrong = [eraseRecord(block, 1).bytes, block.bytes.with(-3, 1 ^ given(block.bytes.at(-3)))];
  let asked = 0;
  const give = (bytes: Uint8Array) => {
    const { kind, from } = decodeCbor(bytes) as { kind: string; from?: number };
    if (kind !== "pull") return Promise.resolve(encodeCbor({}));
    return Promise.resolve(encodeCbor({ blocks: from === 0 ? [given(wrong[asked++ % 2])] : [] }));
  };
  const settings = { federation: { intervals: { hello: "200ms" } } };
  const police = await startNode(placePolice, { settings });
  const puppet = await startPuppet(placeB, files.trust, { feeds: [claimed] }, { feed: give });
  const connection = await puppet.meet(given(police.federation.addresses()[0]));
  await until("the erased one was asked for", () => asked > 0);
  for (const bytes of wrong)
    await expect(puppet.ask(connection, "feed", pushOf(bytes))).rejects.toMatchObject({
      code: expect.stringMatching(/^advert\//u) as string,
    });
  expect(await police.commit.get(feedStates, feed)).toBeUndefined();
  const a = await startNode(placeA);
  await until("all records came from A", async () => (await countAt(police, a)) === 2);
  expect(await holdingsOf(police, feed)).toEqual(await holdingsOf(a, feed));
});

test("a member that takes a pull and does not answer is passed over: the feed comes from another one", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, placeB, placePolice] = [given(places[0]), given(places[1]), given(places[2])];
  const before = await startNode(placeA);
  await publish(before, [record()]);
  const feed = feedId(placeA.memberId, "members");
  const { head: newest } = given(await before.commit.get(feedStates, feed));
  await before.stop();
  const claimed = { feed: unhex(feed, 32), epoch: 1, height: newest.height, head: unhex(newest.hash, 32) };
  let asked = 0;
  const silent = () => {
    asked++;
    return new Promise<Uint8Array>(() => undefined);
  };
  const police = await startNode(placePolice);
  const puppet = await startPuppet(placeB, files.trust, { feeds: [claimed] }, { feed: silent });
  await puppet.meet(given(police.federation.addresses()[0]));
  await until("the police ask the silent member", () => asked > 0);
  const a = await startNode(placeA);
  // The question to the silent member stays open for a minute.
  await until("the record came from A", async () => (await countAt(police, a)) === 1, 45_000);
});
