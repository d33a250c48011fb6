/** Five node processes under faults that seeds choose: everything arrives once, all hold the same. More seeds: tests/long. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoMembers } from "../../node/demo/index.ts";
import { scheduleOf, startFaultFederation, type FaultFederation } from "../../simulations/faults/index.ts";
import { ledgerProblem } from "../endtoend/support.ts";

let federation: FaultFederation;
beforeAll(async () => {
  federation = await startFaultFederation({ lasts: 5000 });
}, 600_000);
afterAll(() => federation.remove());

test("the same seed is the same play, another seed another one", () => {
  const [one, again, other] = ["7", "7", "8"].map((seed) => scheduleOf(seed, demoMembers, 5000));
  expect(again).toEqual(one);
  expect(other?.happenings).not.toEqual(one?.happenings);
});

test("under cuts, silence, partitions and kill -9 nothing is lost, doubled or different anywhere", async () => {
  const seen = new Set<string>();
  for (const seed of ["quick 1", "quick 2"]) {
    const { happenings } = await federation.play(seed);
    for (const happening of happenings) seen.add(happening.do);
  }
  expect([...seen]).toEqual(expect.arrayContaining(["cut", "kill", "say", "publish", "withdraw", "weather"]));
  await federation.stop();
  for (const node of federation.members.nodes)
    expect(
      await ledgerProblem(node, federation.members.files.federationId),
      node.member.name,
    ).toBeUndefined();
}, 900_000);
