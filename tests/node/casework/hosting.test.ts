/** Where a report is hosted, over time, at a real member: every trace is kept, and one that shows a move routes anew. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { traceHosting } from "@wardline/node/capture";
import type { Caller } from "../../../node/accounts/index.ts";
import { keptTraceView, type reportDetail } from "../../../node/casework/index.ts";
import { picture } from "../../support/pictures.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, until, type Place } from "../federation/support.ts";

const historyView = z.object({ traces: z.array(keptTraceView) });

let site: Site;
let place: Place;
let member: TestMember;
let analyst: Caller;

beforeEach(async () => {
  site = await startSite();
  const { places } = await found([
    { name: "Hotline A", country: "XA", kind: "hotline" },
    { name: "Hotline B", country: "XB", kind: "hotline" },
  ]);
  [place] = places as [Place, Place];
  await start("XA");
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await site.stop();
});

async function start(hostedIn: string): Promise<void> {
  member = await startMember(place, { kind: "hotline", site, hostedIn });
  analyst = await member.person("Analyst", "analyst");
}

const get = async (id: string) =>
  (await member.call(analyst, "GET", `/reports/${id}`)) as View<typeof reportDetail>;
const history = async (id: string) =>
  historyView.parse(await member.call(analyst, "GET", `/reports/${id}/hosting`)).traces;

/** A report with one baseline picture, assessed. */
async function assessed(): Promise<string> {
  const url = putPage(site, "/1.html", { "/1.jpg": await picture(1, { width: 96, height: 72 }) });
  const filed = await member.call(analyst, "POST", "/reports", { url, source: "public" });
  const { id } = filed as { id: string };
  await until("captured", async () => (await get(id)).state === "to-classify");
  for (const item of (await get(id)).itemList)
    await member.call(analyst, "PUT", `/items/${item.id}/draft`, { verdict: "baseline", facts: {} });
  await member.call(analyst, "POST", `/reports/${id}/complete`);
  return id;
}

test("a trace is kept with its parts; a move is another one, and routes the report anew with a sentence", async () => {
  const id = await assessed();
  const here = await get(id);
  expect(here).toMatchObject({
    state: "to-notify",
    hosting: { country: "XA", provider: "Example Hosting", source: "configured" },
    route: { decision: { key: "here", values: { country: "XA", member: "Hotline A" } } },
  });
  expect(here.hosting?.contacts).toEqual({ configured: "abuse@provider.example" });
  const [first] = await history(id);
  expect(first).toMatchObject({
    hosting: { country: "XA", lookup: "found" },
    trace: { addresses: { result: "found", value: ["127.0.0.1"] }, domain: { result: "none" } },
  });

  await member.stop();
  await start("XB");
  const approval = member.call(analyst, "POST", `/reports/${id}/notice`, {
    approveContact: "abuse@provider.example",
  });
  await expect(approval).rejects.toMatchObject({ code: "takedown/hosted-elsewhere" });
  expect(await get(id)).toMatchObject({
    state: "forwarded",
    route: { decision: { key: "abroad", values: { country: "XB" } } },
  });
  const traces = await history(id);
  expect(traces.map(({ hosting }) => hosting.country)).toEqual(["XB", "XA"]);
  expect(traces[1]).toEqual(first);
});

test("the same trace again prolongs the one that is kept; one that failed is kept and moves nothing", async () => {
  const id = await assessed();
  const { url } = await get(id);
  const [first] = await history(id);
  const { port } = new URL(url);
  const overrides = [{ host: "127.0.0.1", port: Number(port), country: "XA", provider: "Example Hosting" }];
  const known = overrides.map((one) => ({ ...one, abuse: "abuse@provider.example" }));
  const traced = await traceHosting(url, { overrides: known });
  expect(await member.commit.run((unit) => member.casework.traced(unit, id, traced))).toBe(false);
  expect(await history(id)).toEqual([{ ...first, last: traced.tracedAt }]);

  const resolve = () => Promise.reject(Object.assign(new Error("no answer"), { code: "ETIMEOUT" }));
  const failed = await traceHosting("http://site.example/", { overrides: [], resolve });
  expect(await member.commit.run((unit) => member.casework.traced(unit, id, failed))).toBe(false);
  expect(await get(id)).toMatchObject({ state: "to-notify", hosting: { country: "XA" } });
  expect((await history(id)).map(({ hosting }) => hosting.lookup)).toEqual(["failed", "found"]);
});

test("a look-up that failed is made again by itself, and the report is routed when it works", async () => {
  const id = await assessed();
  await member.commit.run(async (unit) => {
    await member.casework.change(unit, id, (now) => ({
      ...now,
      hosting: { host: "127.0.0.1", source: "unknown", lookup: "failed", tracedAt: unit.now },
    }));
    await member.casework.reroute(unit, id);
  });
  expect(await get(id)).toMatchObject({
    state: "classified",
    route: { decision: { key: "lookup-failed" }, sentence: expect.stringContaining("tried again") },
  });
  await until("routed", async () => (await get(id)).state === "to-notify");
  expect((await get(id)).route?.decision?.key).toBe("here");
});
