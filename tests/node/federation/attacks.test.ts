/** A member that misbehaves: what it sends is refused by name, changes nothing, and what proves it is kept. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { evidence } from "../../../node/federation/evidence.ts";
import { defineCollection } from "../../../node/store/index.ts";
import type { Connection } from "@libp2p/interface";
import { startPuppet, type Puppet } from "./puppet.ts";
import {
  cleanUp,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  startNode,
  type Place,
  type TestNode,
} from "./support.ts";

const applied = defineCollection<{ count: number }>("test.applied");

let node: TestNode;
let puppet: Puppet;
let connection: Connection;
let places: readonly Place[];

beforeEach(async () => {
  const federation = await found([hotlineA, hotlineB, policeB]);
  places = federation.places;
  const [own, theirs] = places as [Place, Place];
  node = await startNode(own, {
    prepare: (at) =>
      at.handle("conversation.message", {
        async apply(unit, { statement }) {
          const before = await unit.get(applied, statement.id);
          unit.put(applied, [statement.id], { count: (before?.count ?? 0) + 1 });
        },
      }),
  });
  puppet = await startPuppet(theirs, federation.files.trust);
  connection = await puppet.meet(node.federation.addresses()[0] as string);
});

afterEach(async () => {
  await puppet.stop();
  await cleanUp();
});

const send = async (bytes: Uint8Array) => puppet.receipt(await puppet.ask(connection, "envelope", bytes));

const refusalOf = (bytes: Uint8Array) =>
  send(bytes).then(
    ({ result, code }) => code ?? result,
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );

const effectsOf = async (id: string) => (await node.commit.get(applied, id))?.count ?? 0;

test("an envelope that comes twice is refused the second time", async () => {
  const { bytes, signed } = puppet.envelope(node.place.memberId);
  expect(await send(bytes)).toMatchObject({ result: "accepted", number: 1, statement: signed.statement.id });
  expect(await refusalOf(bytes)).toBe("envelope/replayed");
  expect(await effectsOf(signed.statement.id)).toBe(1);
});

test("it is still refused after a restart", async () => {
  const { bytes, signed } = puppet.envelope(node.place.memberId);
  await send(bytes);
  await node.stop();
  node = await startNode(node.place);
  connection = await puppet.meet(node.federation.addresses()[0] as string);
  expect(await refusalOf(bytes)).toBe("envelope/replayed");
  expect(await effectsOf(signed.statement.id)).toBe(1);
});

test("two copies at the same moment have one effect", async () => {
  const { bytes, signed } = puppet.envelope(node.place.memberId);
  const answers = await Promise.all([refusalOf(bytes), refusalOf(bytes), refusalOf(bytes)]);
  expect(answers.toSorted()).toEqual(["accepted", "envelope/replayed", "envelope/replayed"]);
  expect(await effectsOf(signed.statement.id)).toBe(1);
});

test("the same statement in a new envelope is a retry: receipted again, without a second effect", async () => {
  const { bytes, signed } = puppet.envelope(node.place.memberId);
  const first = await send(bytes);
  const retries = await Promise.all(
    [1, 2, 3].map(() => send(puppet.envelope(node.place.memberId, { signed }).bytes)),
  );
  for (const receipt of retries) {
    expect(receipt).toMatchObject({
      result: "duplicate",
      number: first.number,
      at: first.at,
      statementHash: signed.hash,
    });
  }
  expect(await effectsOf(signed.statement.id)).toBe(1);
  expect(node.ledger.size).toBe(1);
});

test("one statement id with two contents is refused and kept as proof, once", async () => {
  const id = newId();
  const [one, other] = ["as said to one", "as said to another"].map((text) =>
    puppet.sign(node.place.memberId, text, id),
  );
  expect(await send(puppet.envelope(node.place.memberId, { signed: one }).bytes)).toMatchObject({
    result: "accepted",
  });
  for (let times = 0; times < 2; times++) {
    const second = await send(puppet.envelope(node.place.memberId, { signed: other, sequence: 2 }).bytes);
    expect(second).toMatchObject({
      result: "rejected",
      code: "statement/two-contents",
      statementHash: other?.hash,
    });
  }
  expect((await node.federation.received(node.commit, id))?.hash).toBe(one?.hash);
  const proofs = await Array.fromAsync(node.commit.list(evidence));
  expect(proofs.map(({ value }) => [value.code, value.member])).toEqual([
    ["statement/two-contents", places[1]?.memberId],
  ]);
  expect(await effectsOf(id)).toBe(1);
});

test("an envelope for another member is refused, also by the member whose peer brings it", async () => {
  const police = await startPuppet(places[2] as Place, puppet.trust());
  await police.meet(node.federation.addresses()[0] as string);
  await puppet.exchange(connection);
  const toPolice = puppet.envelope(places[2]?.memberId ?? "");
  expect(await refusalOf(toPolice.bytes)).toBe("envelope/recipient");
  const ofPolice = police.envelope(node.place.memberId);
  expect(await refusalOf(ofPolice.bytes)).toBe("envelope/another-peer");
  await police.stop();
});

test("every cut and a flipped byte in every part of an envelope is refused, and the next one is taken", async () => {
  const { bytes } = puppet.envelope(node.place.memberId);
  for (const length of [0, 1, 8, 177, 178, 1298, 1302, bytes.length - 1]) {
    expect(await refusalOf(bytes.subarray(0, length)), `cut at ${length}`).toBe("envelope/truncated");
  }
  for (const at of [0, 8, 10, 42, 58, 74, 106, 122, 154, 178, 1298, 1400, bytes.length - 1]) {
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect(await refusalOf(flipped), `byte ${at}`).toMatch(/^envelope\/(?!replayed)/);
  }
  expect(await Array.fromAsync(node.commit.list(applied))).toEqual([]);
  expect(await refusalOf(bytes)).toBe("accepted");
});

test("what its kind may not say is rejected with a receipt", async () => {
  const { signStatement } = await import("@wardline/protocol/statements");
  const to = node.place.memberId;
  const content = { type: "material.refuse", payload: { request: newId(), item: newId(), reason: "no" } };
  const draft = { ...content, id: newId(), author: places[1]?.memberId ?? "", to: [to], created: Date.now() };
  const signed = signStatement(draft, puppet.keyring.identity, puppet.trust().federationId);
  const receipt = await send(puppet.envelope(to, { signed }).bytes);
  expect(receipt).toMatchObject({ result: "rejected", code: "statement/not-allowed" });
});
