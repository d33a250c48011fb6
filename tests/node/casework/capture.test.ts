/** A capture in a person's hands: watched, paused, let go on, ended; and over restarts. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../../node/accounts/index.ts";
import type { captureView, reportDetail } from "../../../node/casework/index.ts";
import { frontier } from "../../../node/capture/run.ts";
import { picture } from "../../support/pictures.ts";
import { serve, type Answer, type Pages, type TestSite } from "../capture/support.ts";
import { startMember, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../federation/support.ts";

type Detail = View<typeof reportDetail>;
type Progress = View<typeof captureView>;

let place: Place;
let member: TestMember;
let analyst: Caller;

beforeEach(async () => {
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  [place] = places as [Place, Place];
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
});

async function startAt(site: TestSite): Promise<void> {
  const { origin, port } = site;
  const here: Site = { origin, port, files: new Map(), status: undefined, stop: () => Promise.resolve() };
  member = await startMember(place, { kind: "hotline", site: here, hostedIn: "XA" });
  analyst = await member.person("Analyst", "analyst");
}

const get = async (id: string) => (await member.call(analyst, "GET", `/reports/${id}`)) as Detail;
const progressOf = async (id: string) =>
  (await member.call(analyst, "GET", `/reports/${id}/capture`)) as Progress;
const control = (id: string, command: string) =>
  member.call(analyst, "POST", `/reports/${id}/capture/${command}`) as Promise<Progress>;
const file = async (url: string, access?: object) =>
  (await member.call(analyst, "POST", "/reports", { url, source: "public", access })) as { id: string };

async function captured(id: string): Promise<Detail> {
  await until("captured", async () => (await get(id)).state !== "capturing");
  return get(id);
}

/** A page of pictures, of which some are answered only once the gate is open. */
async function gallery(count: number, heldFrom: number) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const pages: Pages = {
    "/": Array.from({ length: count }, (_, at) => `<img src="/${at}.jpg">`).join(""),
  };
  let held = 0;
  for (let at = 0; at < count; at++) {
    const bytes = await picture(at, { width: 40, height: 30 });
    const wait: Answer = (_, response) => {
      held += 1;
      void opened.then(() => response.end(bytes));
    };
    pages[`/${at}.jpg`] = at < heldFrom ? bytes : wait;
  }
  const site = await serve(pages);
  const times = () => {
    const counts = new Map<string, number>();
    for (const { url = "" } of site.requests) counts.set(url, (counts.get(url) ?? 0) + 1);
    return counts;
  };
  return { ...site, open, times, isHeld: () => held > 0 };
}

/** Every picture is there once, and the vault holds nothing else. */
async function checkWhole(detail: Detail, count: number): Promise<void> {
  expect(detail.itemList).toHaveLength(count);
  expect(new Set(detail.itemList.map(({ url }) => url)).size).toBe(count);
  expect(new Set(detail.itemList.map(({ sha256 }) => sha256)).size).toBe(count);
  const names = new Set(await Array.fromAsync(member.casework.vaultNames(member.commit)));
  for (const name of names) expect(await member.vault.has(name)).toBe(true);
  expect(await member.vault.sweep(names)).toMatchObject({ items: 0, blobs: 0 });
  expect(await member.commit.count(frontier)).toBe(0);
}

describe("a capture", () => {
  test("is paused where it stands and goes on from there, nothing twice but what was in hand", async () => {
    const site = await gallery(40, 24);
    await startAt(site);
    const { id } = await file(`${site.origin}/`);
    await until("some are written", async () => site.isHeld() && (await progressOf(id)).items.done >= 16);
    expect(await control(id, "pause")).toMatchObject({
      state: "paused",
      pages: { done: 1 },
      items: { found: 40 },
    });
    expect(await control(id, "pause")).toMatchObject({ state: "paused" });
    site.open();
    const { items, bytes } = await progressOf(id);
    expect(items.done).toBeGreaterThanOrEqual(16);
    expect(bytes.used).toBeGreaterThan(0);
    expect((await get(id)).state).toBe("capturing");
    expect(await control(id, "resume")).toMatchObject({ state: "running" });
    const detail = await captured(id);
    expect(detail).toMatchObject({ state: "to-classify", open: 40 });
    await checkWhole(detail, 40);
    const times = [...site.times().values()];
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    expect(site.times().get("/")).toBe(1);
    expect(times.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(41 + 16 + 2);
    expect(await progressOf(id)).toMatchObject({ state: "ended", items: { done: 40, found: 40 } });
  });

  test("is ended by a person with what it has found, and says so", async () => {
    const site = await gallery(30, 20);
    await startAt(site);
    const { id } = await file(`${site.origin}/`);
    await until("some are written", async () => site.isHeld() && (await progressOf(id)).items.done >= 16);
    await control(id, "cancel");
    const detail = await captured(id);
    expect(detail).toMatchObject({
      state: "to-classify",
      capture: { note: expect.stringMatching(/A person ended it/) as string },
    });
    expect(detail.items).toBeGreaterThanOrEqual(16);
    expect(detail.items).toBeLessThan(30);
    await checkWhole(detail, detail.items);
    await expect(control(id, "resume")).rejects.toMatchObject({ code: "casework/not-capturing" });
  });

  test("goes on after a restart of the node", async () => {
    const site = await gallery(40, 24);
    await startAt(site);
    const { id } = await file(`${site.origin}/`);
    await until("some are written", async () => site.isHeld() && (await progressOf(id)).items.done >= 16);
    await member.stop();
    site.open();
    await startAt(site);
    await checkWhole(await captured(id), 40);
    expect(site.times().get("/")).toBe(1);
  });

  test("of a report that is closed leaves nothing of itself", async () => {
    const site = await gallery(30, 20);
    await startAt(site);
    const { id } = await file(`${site.origin}/`);
    await until("it runs", () => site.isHeld());
    await member.call(analyst, "POST", `/reports/${id}/close`, { reason: "Filed by mistake." });
    await until("cleared", async () => (await progressOf(id)).state === "none");
    expect(await member.commit.count(frontier)).toBe(0);
    expect((await get(id)).state).toBe("closed");
  });
});

describe("what a reporter gave to get in", () => {
  test("is sent to that site only, shown where it is asked for, and nowhere else", async () => {
    const bytes = await picture(1);
    const elsewhere = await serve({ "/b.jpg": bytes });
    const isIn: Answer = ({ headers }, response) => {
      const login = Buffer.from("visitor:open sesame").toString("base64");
      const ok = headers.authorization === `Basic ${login}` && headers.cookie === "age=18";
      response.writeHead(ok ? 200 : 401, { "content-type": "text/html" });
      response.end(ok ? `<img src="/a.jpg"><img src="${elsewhere.origin}/b.jpg">` : "who are you?");
    };
    const site = await serve({ "/": isIn, "/a.jpg": bytes });
    await startAt(site);
    const access = {
      referrer: "https://forum.example/thread/5",
      user: "visitor",
      password: "open sesame",
      headers: "Cookie: age=18",
    };
    const { id } = await file(`${site.origin}/`, access);
    const detail = await captured(id);
    expect(detail.itemList.map(({ url }) => url)).toContain(`${site.origin}/a.jpg`);
    const [page, image] = site.requests;
    expect(page?.headers.referer).toBe(access.referrer);
    expect(image?.headers).toMatchObject({ cookie: "age=18", referer: `${site.origin}/` });
    for (const { headers } of elsewhere.requests)
      expect([headers.cookie, headers.authorization]).toEqual([undefined, undefined]);
    expect(await member.call(analyst, "GET", `/reports/${id}/access`)).toEqual(access);
    const custody = await member.call(analyst, "GET", `/custody/${id}`);
    for (const secret of ["open sesame", "age=18", "forum.example"])
      expect(JSON.stringify([detail, custody])).not.toContain(secret);
  });

  test("is refused by name when it cannot be sent", async () => {
    await startAt(await serve({}));
    const url = "https://site.example/";
    const code = (access: object) =>
      file(url, access).then(
        () => "filed",
        (error: { code: string }) => error.code,
      );
    expect(await code({ referrer: "javascript:1" })).toBe("casework/bad-access");
    expect(await code({ password: "x" })).toBe("casework/bad-access");
    expect(await code({ headers: "Host: internal" })).toBe("capture/bad-headers");
  });
});
