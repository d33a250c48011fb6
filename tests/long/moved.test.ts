/**
 * A member that moved, found again through the routing table by one that was told nothing: no card says where it is now. The others
 * take no new card of it, since its clock is ahead, and it cannot reach the one that looks for it.
 */
import { afterEach, expect, test } from "vitest";
import { card } from "@wardline/protocol/roster";
import { systemClock } from "../../node/telemetry/index.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  policeB,
  startNode,
  until,
  type Place,
  type TestNode,
} from "../node/federation/support.ts";

afterEach(cleanUp);

const AHEAD = 10 * 60_000;

test("a member on another port is found by its peer id, though its card still says the old one", async () => {
  const { places } = await found([
    hotlineA,
    hotlineB,
    policeB,
    { name: "Hotline C", country: "CC", kind: "hotline" },
    { name: "Hotline D", country: "DD", kind: "hotline" },
  ]);
  const [moving, looking, ...rest] = places as [Place, Place, ...Place[]];
  // Behind a firewall: it reaches others, nobody reaches it, and its card names a place where nobody is.
  const hidden = {
    listen: { p2p: [`/ip4/127.0.0.1/tcp/${looking.port}`], announce: ["/ip4/127.0.0.1/tcp/9"] },
  };
  const [before, looker, ...others] = (await Promise.all([
    startNode(moving),
    startNode({ ...looking }, { settings: hidden }),
    ...rest.map((place) => startNode(place)),
  ])) as [TestNode, TestNode, ...TestNode[]];
  for (const node of [before, ...others]) await until("all have met", () => connected(looker, node));
  for (const node of others) await until("the others have met it", () => connected(node, before));
  await before.stop();
  await until("it is away", async () => !(await connected(looker, before)));

  const elsewhere = { ...moving, port: moving.port < 60_000 ? moving.port + 1 : moving.port - 1 };
  const clock = { ...systemClock, now: () => Date.now() + AHEAD };
  const after = await startNode(elsewhere, { clock });
  await until("the others have it again", () => connected(others[0] as TestNode, after));
  await until("it is found", () => connected(looker, after));
  const addresses = (node: TestNode) => card(node.federation.trust(), moving.memberId)?.addresses.join();
  expect(addresses(after)).toContain(`/tcp/${elsewhere.port}`);
  for (const node of [looker, ...others]) expect(addresses(node)).toContain(`/tcp/${moving.port}`);
  const standing = (await looker.federation.membersView()).find(({ id }) => id === moving.memberId);
  expect(standing).toMatchObject({ connected: true, note: "federation/clock-skew" });
});
