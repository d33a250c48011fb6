/** What is kept of a member here: each has its share of the room, and one that fills its own takes none of another's. */
import { afterEach, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import { systemClock } from "../../../node/telemetry/index.ts";
import { quarantine } from "../../../node/federation/delivery/collections.ts";
import { startPuppet } from "./puppet.ts";
import { countAt, publish, record } from "./adverts.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "no error",
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );

/** A node that understands nothing, and two members that are connected to it. */
async function scene(limits: Record<string, unknown>) {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, ...others] = places as [TestNode["place"], TestNode["place"], TestNode["place"]];
  const ahead = { by: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + ahead.by };
  const node = await startNode(placeA, { clock, settings: { federation: { limits } } });
  const address = node.federation.addresses()[0] as string;
  const members = [];
  for (const place of others) {
    const puppet = await startPuppet(place, files.trust);
    const connection = await puppet.meet(address);
    let sequence = 0;
    const say = () => {
      const { bytes } = puppet.envelope(placeA.memberId, { sequence: ++sequence });
      return puppet.ask(connection, "envelope", bytes).then((answer) => puppet.receipt(answer).result);
    };
    members.push({ say, id: place.memberId });
  }
  const [greedy, modest] = members as [(typeof members)[0], (typeof members)[0]];
  return { node, ahead, greedy, modest };
}

test("statements that nothing here understands yet", async () => {
  const { node, greedy, modest } = await scene({ unsupportedPerMember: 2 });
  expect([await greedy.say(), await greedy.say()]).toEqual(["unsupported", "unsupported"]);
  expect(await codeOf(greedy.say())).toBe("federation/over-share");
  expect(await modest.say()).toBe("unsupported");
  expect(node.federation.overLimit().incidents).toMatchObject([
    { member: greedy.id, what: "statements", state: "slowed", times: 1 },
  ]);
});

test("envelopes kept unopened while membership is not fresh", async () => {
  const { node, ahead, greedy, modest } = await scene({ quarantinePerMember: 2 });
  ahead.by = 73 * 3_600_000;
  for (let index = 0; index < 4; index++) expect(await codeOf(greedy.say())).toBe("federation/quarantined");
  expect(await codeOf(modest.say())).toBe("federation/quarantined");
  const kept = await Array.fromAsync(node.commit.list(quarantine));
  const of = (id: string) => kept.filter(({ value }) => value.peer === id).length;
  expect([of(greedy.id), of(modest.id)]).toEqual([2, 1]);
  expect(node.federation.overLimit().incidents).toMatchObject([{ member: greedy.id, what: "quarantine" }]);
});

test("hash records of one member: its feed stands still here at its share, and goes on when that is raised", async () => {
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const [placeA, ...others] = places as [TestNode["place"], ...TestNode["place"][]];
  const limited = (recordsPerMember: number) =>
    startNode(placeA, { settings: { federation: { limits: { recordsPerMember } } } });
  const node = await limited(3);
  const [greedy, modest] = (await Promise.all(others.map((place) => startNode(place)))) as [
    TestNode,
    TestNode,
  ];
  const meet = (other: TestNode) =>
    until("they have met", async () => (await connected(greedy, other)) && (await connected(modest, other)));
  await meet(node);
  const added = Array.from({ length: 5 }, () => record());
  for (const one of added) await publish(greedy, [one]);
  await publish(modest, [record()]);
  await until("the modest one's record is here", async () => (await countAt(node, modest)) === 1);
  await until("all are at the member without the limit", async () => (await countAt(modest, greedy)) === 5);
  const isNamed = () =>
    node.federation
      .overLimit()
      .incidents.some(({ member, what }) => member === greedy.place.memberId && what === "records");
  await until("the operator is told", isNamed);
  expect(await countAt(node, greedy)).toBe(3);
  await node.stop();
  const raised = await limited(5);
  await until("the rest comes", async () => (await countAt(raised, greedy)) === 5);
});
