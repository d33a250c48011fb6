/** Asking who holds a file now: only where the node takes part, and on record before anybody is asked. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { holdersView } from "../../../../node/casework/index.ts";
import { publish, record } from "../../federation/adverts.ts";
import { cleanUp, connected, found, hotlineA, hotlineB, until } from "../../federation/support.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../../desks/support.ts";

let site: Site;
let members: TestMember[];

async function start(enabled: boolean): Promise<[TestMember, TestMember]> {
  const { places } = await found([hotlineA, hotlineB]);
  const announcements = { enabled, refresh: "300ms", timeout: "2s" };
  for (const place of places)
    members.push(
      await startMember(place, { kind: "hotline", site, settings: { federation: { announcements } } }),
    );
  const [a, b] = members as [TestMember, TestMember];
  await until("they have met", async () => (await connected(a, b)) && (await connected(b, a)));
  return [a, b];
}

beforeEach(async () => {
  site = await startSite();
  members = [];
});
afterEach(async () => {
  for (const member of members) await member.stop();
  await cleanUp();
  await site.stop();
});

test("an analyst asks, learns who holds it, and the asking is in the ledger", async () => {
  const [a, b] = await start(true);
  const analyst = await a.person("Analyst", "analyst");
  const said = record();
  await publish(b, [said]);
  const { sha256 } = said.digests;
  const ask = async () =>
    ((await a.call(analyst, "POST", `/adverts/${sha256}/holders`)) as View<typeof holdersView>).holders;
  await until("it is announced", async () => (await ask()).length > 0);
  expect(await ask()).toMatchObject([{ member: { name: "Hotline B" }, confirmed: true }]);
  const before = a.ledger.size;
  await ask();
  expect(a.ledger.size).toBe(before + 1);
});

test("a node that takes no part says so, asks nobody and records nothing", async () => {
  const [a] = await start(false);
  const analyst = await a.person("Analyst", "analyst");
  const before = a.ledger.size;
  const asked = a.call(analyst, "POST", `/adverts/${"00".repeat(32)}/holders`);
  const code = await asked.then(
    () => undefined,
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );
  expect(code).toBe("holders/off");
  expect(a.ledger.size).toBe(before);
});
