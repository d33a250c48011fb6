/** An analyst asks for a report to be captured with scripts. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../../../node/accounts/index.ts";
import type { custodyView, reportDetail } from "../../../../node/casework/index.ts";
import { picture } from "../../../support/pictures.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../../federation/support.ts";
import { cannotRender } from "./support.ts";

type Detail = View<typeof reportDetail>;

let site: Site;
let place: Place;
let member: TestMember;
let analyst: Caller;

beforeEach(async () => {
  site = await startSite();
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  [place] = places as [Place, Place];
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await site.stop();
});

async function start(rendering: Record<string, unknown>): Promise<void> {
  member = await startMember(place, {
    kind: "hotline",
    site,
    hostedIn: "XA",
    settings: { capture: { rendering } },
  });
  analyst = await member.person("Analyst", "analyst");
}

const get = async (id: string) => (await member.call(analyst, "GET", `/reports/${id}`)) as Detail;

/** A page that shows nothing before its script has run, filed and captured without it. */
async function scriptedReport(): Promise<Detail> {
  const script = `<script>document.write('<img src="/made.jpg">')</script>`;
  site.files.set("/page.html", { type: "text/html", body: Buffer.from(`<!doctype html><body>${script}`) });
  site.files.set("/made.jpg", { type: "image/jpeg", body: Buffer.from(await picture(1)) });
  const url = `${site.origin}/page.html`;
  const { id } = (await member.call(analyst, "POST", "/reports", { url, source: "public" })) as Detail;
  return captured(id);
}

async function captured(id: string): Promise<Detail> {
  await until("captured", async () => (await get(id)).state !== "capturing");
  return get(id);
}

const withScripts = (id: string) => member.call(analyst, "POST", `/reports/${id}/capture/scripts`);

describe("a report whose page needs its scripts", () => {
  test.skipIf(cannotRender !== "")(
    `says so, and is captured with them when asked ${cannotRender}`,
    async () => {
      await start({ limits: { quiet: "300ms", startTime: "2m" } });
      const plain = await scriptedReport();
      expect(plain).toMatchObject({ state: "capture-failed", items: 0, capture: { scripted: true } });
      expect(plain.capture.note).toBe("The page shows nothing without its scripts: capture it with scripts.");
      await withScripts(plain.id);
      const detail = await captured(plain.id);
      expect(detail).toMatchObject({ state: "to-classify", open: 1, pages: [{ screenshot: true }] });
      expect(detail.capture).not.toHaveProperty("scripted");
      const shown = await member.call(analyst, "GET", `/reports/${plain.id}/pages/0/screenshot`);
      expect((shown as Uint8Array).length).toBeGreaterThan(100);
      await withScripts(plain.id); // also while it waits for its assessment
      expect(await captured(plain.id)).toMatchObject({ state: "to-classify", open: 1, items: 1 });
      const { entries } = (await member.call(analyst, "GET", `/custody/${plain.id}`)) as View<
        typeof custodyView
      >;
      expect(entries.map(({ sentence }) => sentence).join(" ")).toContain(
        "Another capture, with scripts, was asked for",
      );
    },
  );

  test("is told why not where pages are not rendered", async () => {
    await start({ mode: "never" });
    const { id } = await scriptedReport();
    await withScripts(id);
    const detail = await captured(id);
    expect(detail).toMatchObject({ state: "capture-failed" });
    expect(detail.capture.note).toContain("capture.rendering.mode is `never`");
  });
});
