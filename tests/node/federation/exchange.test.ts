/** Two and more real nodes: they find each other, and what one says arrives once and is receipted. */
import { afterEach, describe, expect, test } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Statement } from "@wardline/protocol/statements";
import { defineCollection } from "../../../node/store/index.ts";
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
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const applied = defineCollection<{ statement: string; count: number }>("test.applied");

/** Counts in the store how often each statement has had its effect. */
function counting(federation: TestNode["federation"]) {
  federation.handle("conversation.message", {
    async apply(unit, { statement }) {
      const before = await unit.get(applied, statement.id);
      unit.put(applied, [statement.id], { statement: statement.id, count: (before?.count ?? 0) + 1 });
    },
  });
}

const message = (about: string, text: string) => ({
  type: "conversation.message" as const,
  payload: { conversation: newId(), pseudonym: "p", text, report: { id: about, reference: "AA-1" } } as never,
  about,
});

test("a statement arrives, has its effect once, and its receipt comes back", async () => {
  const { places } = await found([hotlineA, hotlineB]);
  const [a, b] = await Promise.all(places.map((place) => startNode(place, { prepare: counting })));
  if (!a || !b) throw new Error("not started");
  const about = newId();
  const id = await a.commit.run((unit) =>
    a.federation.say(unit, { ...message(about, "Hello"), to: [b.place.memberId] }),
  );
  await until("the receipt is in", async () => {
    const [delivery] = await a.federation.deliveriesAbout(a.commit, about);
    return delivery?.state === "accepted";
  });
  expect((await b.commit.get(applied, id))?.count).toBe(1);
  const received = await b.federation.received(b.commit, id);
  expect(received).toMatchObject({ author: a.place.memberId, result: "accepted" });
  const kinds = async (node: TestNode) =>
    (await Array.fromAsync(node.ledger.ofSubject(node.commit, about))).map(({ kind }) => kind);
  expect(await kinds(a)).toEqual(["statement.sent", "statement.receipted"]);
  expect(await kinds(b)).toEqual(["statement.received"]);
  expect(await connected(a, b)).toBe(true);
  expect(await connected(b, a)).toBe(true);
});
