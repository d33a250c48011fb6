/** Casework over a real store, vault, decoder and site: filing, capture, drafts, completion, looking, restarts. */
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hex, sha256 } from "@wardline/protocol/encoding";
import type { Caller } from "../../../node/accounts/index.ts";
import type { custodyView, reportDetail, reportSummary } from "../../../node/casework/index.ts";
import { picture } from "../../support/pictures.ts";
import { putPage, startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { cleanUp, found, hotlineB, until, type Place } from "../federation/support.ts";

type Detail = View<typeof reportDetail>;
type List = { reports: View<typeof reportSummary>[]; next?: string };

let site: Site;
let place: Place;
let member: TestMember;
let analyst: Caller;

beforeEach(async () => {
  site = await startSite();
  const { places } = await found([{ name: "Hotline A", country: "XA", kind: "hotline" }, hotlineB]);
  [place] = places as [Place, Place];
  await restart();
});
afterEach(async () => {
  await member.stop();
  await cleanUp();
  await site.stop();
});

async function restart(): Promise<void> {
  member = await startMember(place, { kind: "hotline", site, hostedIn: "XA" });
  analyst = await member.person("Analyst", "analyst");
}

const small = (seed: number) => picture(seed, { width: 96, height: 72 });
const get = async (id: string, who = analyst) => (await member.call(who, "GET", `/reports/${id}`)) as Detail;
const file = async (url: string) =>
  (await member.call(analyst, "POST", "/reports", { url, source: "public" })) as {
    id: string;
    reference: string;
    linked: boolean;
  };
const draft = (item: string, verdict: string, who = analyst) =>
  member.call(who, "PUT", `/items/${item}/draft`, { verdict, facts: {} });
const complete = async (id: string, who = analyst) =>
  (await member.call(who, "POST", `/reports/${id}/complete`)) as Detail;

async function captured(id: string): Promise<Detail> {
  await until("captured", async () => (await get(id)).state !== "capturing");
  return get(id);
}

async function openReport(seeds: number[]): Promise<Detail> {
  const pictures: Record<string, Uint8Array> = {};
  for (const seed of seeds) pictures[`/${seed}.jpg`] = await small(seed);
  return captured((await file(putPage(site, `/${seeds.join("-")}.html`, pictures))).id);
}

async function classify(detail: Detail, verdict: string): Promise<Detail> {
  for (const item of detail.itemList) if (item.state === "open") await draft(item.id, verdict);
  return complete(detail.id);
}

describe("filing", () => {
  test("the same URL in an open report is linked, in a closed one it is new", async () => {
    const url = putPage(site, "/page.html", { "/1.jpg": await small(1) });
    const first = await file(url);
    expect(first.linked).toBe(false);
    expect(await file(`${url}#part`)).toEqual({ ...first, linked: true });
    await captured(first.id);
    await member.call(analyst, "POST", `/reports/${first.id}/close`, { reason: "A test." });
    const again = await file(url);
    expect(again).toMatchObject({ linked: false });
    expect(again.id).not.toBe(first.id);
    expect(again.reference).not.toBe(first.reference);
    await captured(again.id);
  });

  test("a URL that cannot be fetched is refused by name", async () => {
    await expect(file("ftp://pictures.example/")).rejects.toMatchObject({ code: "casework/unsupported-url" });
  });

  test("lists come in pages and searches by exact words", async () => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) ids.push((await file(putPage(site, `/${name}.html`, {}))).id);
    for (const id of ids) await captured(id);
    const page = (await member.call(analyst, "GET", "/reports?limit=2")) as List;
    const rest = (await member.call(
      analyst,
      "GET",
      `/reports?limit=2&after=${encodeURIComponent(page.next ?? "")}`,
    )) as List;
    expect([...page.reports, ...rest.reports].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(rest.next).toBeUndefined();
    const found = async (q: string) =>
      ((await member.call(analyst, "GET", `/reports?q=${encodeURIComponent(q)}`)) as List).reports.length;
    expect(await found(page.reports[0]?.reference ?? "")).toBe(1);
    expect(await found(`${site.origin}/a.html`)).toBe(1);
    expect(await found("127.0.0.1")).toBe(3);
    expect(await found("127.0.0")).toBe(0);
    expect(await found(ids[0] ?? "")).toBe(1);
  });

  test("the hits of a search come in pages, too, and each report once", async () => {
    for (const name of ["a", "b", "c"]) {
      const pictures = { "/1.jpg": await small(1), "/2.jpg": await small(1) };
      const { id } = await file(putPage(site, `/${name}.html`, pictures));
      await captured(id);
    }
    const digest = hex(sha256(await small(1)));
    const pagesOf = async (search: string, limit: number) => {
      const pages: string[][] = [];
      for (let after: string | undefined = ""; after !== undefined;) {
        const query = `q=${encodeURIComponent(search)}&limit=${limit}${after && `&after=${encodeURIComponent(after)}`}`;
        const page = (await member.call(analyst, "GET", `/reports?${query}`)) as List;
        pages.push(page.reports.map(({ id }) => id));
        after = page.next;
      }
      return pages;
    };
    for (const search of ["127.0.0.1", digest]) {
      const pages = await pagesOf(search, 2);
      expect(pages.map(({ length }) => length)).toEqual([2, 1]);
      expect(new Set(pages.flat()).size).toBe(3);
      expect(await pagesOf(search, 3)).toEqual([pages.flat()]);
    }
  });
});

describe("capture", () => {
  test("a site that is not there asks a person after some attempts", async () => {
    const url = putPage(site, "/page.html", { "/1.jpg": await small(1) });
    await site.stop();
    const { id } = await file(url);
    const detail = await captured(id);
    expect(detail).toMatchObject({ state: "capture-failed", items: 0 });
    expect(detail.capture.note).toMatch(/^[A-Z].*\.$/);
    site = await startSite();
  });

  test("an internal address is refused by name at once", async () => {
    const { id } = await file("http://127.0.0.1:1/page.html");
    await captured(id);
    const { entries } = (await member.call(analyst, "GET", `/custody/${id}`)) as View<typeof custodyView>;
    expect(entries.find(({ kind }) => kind === "capture.failed")?.detail).toEqual({
      code: "capture/internal-address",
    });
  });

  test("a page without a picture asks a person, and can be tried again", async () => {
    const url = putPage(site, "/empty.html", {});
    const { id } = await file(url);
    expect(await captured(id)).toMatchObject({ state: "capture-failed", items: 0 });
    putPage(site, "/empty.html", { "/1.jpg": await small(1) });
    await member.call(analyst, "POST", `/reports/${id}/retry-capture`);
    await until("captured", async () => (await get(id)).state === "to-classify");
    expect(await get(id)).toMatchObject({ items: 1, open: 1 });
  });

  test("one spoilt file is refused by name while the rest goes on", async () => {
    const url = putPage(site, "/page.html", {
      "/1.jpg": await small(1),
      "/cut.jpg": (await small(2)).subarray(0, 500),
    });
    const detail = await captured((await file(url)).id);
    expect(detail).toMatchObject({ state: "to-classify", open: 1, refused: 1 });
    const refused = detail.itemList.find(({ state }) => state === "refused");
    expect(refused?.refused?.code).toMatch(/^decode\//);
    expect((await classify(detail, "not-illegal")).state).toBe("closed");
  });

  test("the same picture at two addresses is two items and one decision", async () => {
    const same = await small(1);
    const detail = await captured(
      (await file(putPage(site, "/page.html", { "/1.jpg": same, "/copy.jpg": same }))).id,
    );
    expect(detail.items).toBe(2);
    await draft(detail.itemList[0]?.id ?? "", "baseline");
    expect((await complete(detail.id)).itemList.map(({ agreed }) => agreed?.verdict)).toEqual([
      "baseline",
      "baseline",
    ]);
  });

  test("stopped in the middle, it finds the same items after the restart", async () => {
    const url = putPage(site, "/page.html", { "/1.jpg": await small(1), "/2.jpg": await small(2) });
    const { id } = await file(url);
    await member.stop();
    await restart();
    const after = await captured(id);
    expect(after).toMatchObject({ state: "to-classify", items: 2 });
    const custody = (await member.call(analyst, "GET", `/custody/${id}`)) as View<typeof custodyView>;
    expect(custody.entries.filter(({ kind }) => kind === "capture.completed")).toHaveLength(1);
    expect(custody.verified).toBe(true);
  });

  test("nothing in the vault is unknown after it, and everything known is there", async () => {
    const detail = await openReport([1, 2]);
    const names = new Set(await Array.fromAsync(member.casework.vaultNames(member.commit)));
    const archives = await member.casework.archives(member.commit, detail.id);
    expect(archives).not.toEqual([]);
    expect(names.size).toBe(4 + archives.length);
    expect(await member.vault.sweep(names)).toMatchObject({ items: 0 });
    await expect(
      member.call(analyst, "GET", `/items/${detail.itemList[0]?.id}/preview`),
    ).resolves.toBeInstanceOf(Uint8Array);
  });
});

describe("classifying", () => {
  test("a draft can be taken back, and completing needs all of them", async () => {
    const detail = await openReport([1, 2]);
    const [one, two] = detail.itemList;
    await draft(one?.id ?? "", "baseline");
    await draft(two?.id ?? "", "national");
    await member.call(analyst, "DELETE", `/items/${two?.id}/draft`);
    await expect(complete(detail.id)).rejects.toMatchObject({
      code: "casework/items-open",
      details: { open: 1 },
    });
    expect((await get(detail.id)).itemList.map((item) => item.draft?.verdict)).toEqual([
      "baseline",
      undefined,
    ]);
    await draft(two?.id ?? "", "not-illegal");
    const completed = await complete(detail.id);
    expect(completed).toMatchObject({ state: "to-notify", open: 0 });
    expect(
      completed.itemList.map(({ assessments }) => assessments.map(({ verdict, basis }) => [verdict, basis])),
    ).toEqual([[["baseline", "seen"]], [["not-illegal", "seen"]]]);
  });

  test("completing again changes nothing", async () => {
    const completed = await classify(await openReport([1]), "baseline");
    const again = await complete(completed.id);
    expect(again.itemList).toEqual(completed.itemList);
    expect(again.timestamps).toEqual(completed.timestamps);
  });

  test("one person works on a report at a time", async () => {
    const other = await member.person("Other", "analyst");
    const detail = await openReport([1]);
    await member.call(analyst, "POST", `/reports/${detail.id}/lease`);
    await expect(draft(detail.itemList[0]?.id ?? "", "baseline", other)).rejects.toMatchObject({
      code: "casework/leased",
    });
    await expect(member.call(other, "POST", `/reports/${detail.id}/lease`)).rejects.toMatchObject({
      code: "casework/leased",
    });
    await member.call(analyst, "DELETE", `/reports/${detail.id}/lease`);
    await draft(detail.itemList[0]?.id ?? "", "baseline", other);
    expect((await get(detail.id, other)).lease).toMatchObject({ name: "Other" });
    expect((await get(detail.id, analyst)).itemList[0]?.draft).toBeUndefined();
  });

  test("people stand in the record by a pseudonym of the matter alone", async () => {
    const [first, second] = [
      await classify(await openReport([1]), "baseline"),
      await classify(await openReport([2]), "baseline"),
    ];
    const of = (detail: Detail) => detail.itemList[0]?.assessments[0]?.pseudonym;
    expect(of(first)).toMatch(/^[0-9a-f]{32}$/);
    expect(of(first)).not.toBe(of(second));
    const { entries } = (await member.call(analyst, "GET", `/custody/${first.id}`)) as View<
      typeof custodyView
    >;
    expect(JSON.stringify(entries)).not.toContain("Analyst");
  });

  test("baseline is final", async () => {
    const completed = await classify(await openReport([1]), "baseline");
    await expect(draft(completed.itemList[0]?.id ?? "", "not-illegal")).rejects.toMatchObject({
      code: "casework/baseline-final",
    });
  });

  test("a national verdict of ours may be corrected before an action", async () => {
    const completed = await classify(await openReport([1]), "national");
    await draft(completed.itemList[0]?.id ?? "", "not-illegal");
    expect(await complete(completed.id)).toMatchObject({ state: "closed" });
  });

  test("a picture that only looks like a known one is a hint, and a person decides", async () => {
    await classify(await openReport([1]), "baseline");
    const similar = async (quality: number) => {
      const bytes = await sharp(await small(1))
        .jpeg({ quality })
        .toBuffer();
      return captured((await file(putPage(site, `/${quality}.html`, { [`/q${quality}.jpg`]: bytes }))).id);
    };
    const hint = { member: { name: "Hotline A" }, verdict: "baseline" };
    const first = await similar(90);
    expect(first).toMatchObject({ known: 0, open: 1, itemList: [{ near: hint }] });
    expect(first.itemList[0]?.near?.distance).toBeLessThanOrEqual(31);
    // The index is in memory: after a restart it is there again.
    await member.stop();
    await restart();
    expect(await similar(91)).toMatchObject({ known: 0, open: 1, itemList: [{ near: hint }] });
  });

  test("what was looked at here once is never shown again", async () => {
    const first = await classify(await openReport([1, 2]), "not-illegal");
    expect(first.state).toBe("closed");
    const url = putPage(site, "/again.html", {
      "/elsewhere.jpg": await small(1),
      "/new.jpg": await small(3),
    });
    const second = await captured((await file(url)).id);
    expect(second).toMatchObject({ known: 1, open: 1 });
    expect(second.itemList.find(({ state }) => state === "known")?.known).toMatchObject({
      verdict: "not-illegal",
      member: { name: "Hotline A" },
    });
  });
});

describe("looking", () => {
  test("a ticket shows one picture once, and the look stands in the ledger", async () => {
    const detail = await openReport([1]);
    const [item] = detail.itemList;
    const { ticket } = (await member.call(analyst, "POST", `/items/${item?.id}/reveal`, {
      level: "grey",
    })) as { ticket: string };
    const other = await member.person("Other", "analyst");
    await expect(member.call(other, "GET", `/reveals/${ticket}`)).rejects.toMatchObject({
      code: "casework/no-such-ticket",
    });
    const shown = (await member.call(analyst, "GET", `/reveals/${ticket}`)) as Uint8Array;
    expect([...shown.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    await expect(member.call(analyst, "GET", `/reveals/${ticket}`)).rejects.toMatchObject({
      code: "casework/no-such-ticket",
    });
    const { entries } = (await member.call(analyst, "GET", `/custody/${detail.id}`)) as View<
      typeof custodyView
    >;
    const views = entries.filter(({ kind }) => kind === "item.viewed");
    expect(views.map((entry) => entry.detail)).toEqual([{ item: item?.id, level: "grey" }]);
  });

  test("a known item needs a written reason, which is recorded", async () => {
    await classify(await openReport([1]), "baseline");
    const again = await captured((await file(putPage(site, "/again.html", { "/x.jpg": await small(1) }))).id);
    const item = again.itemList[0]?.id;
    expect(again).toMatchObject({ known: 1, open: 0 });
    await expect(member.call(analyst, "GET", `/items/${item}/preview`)).rejects.toMatchObject({
      code: "casework/known-item",
    });
    for (const reason of [undefined, "   ", "because"])
      await expect(
        member.call(analyst, "POST", `/items/${item}/reveal`, { level: "clear", reason }),
      ).rejects.toMatchObject({ code: "casework/reason-needed" });
    const reason = "Compared with another series.";
    const { ticket } = (await member.call(analyst, "POST", `/items/${item}/reveal`, {
      level: "clear",
      reason,
    })) as { ticket: string };
    await member.call(analyst, "GET", `/reveals/${ticket}`);
    const { entries } = (await member.call(analyst, "GET", `/custody/${again.id}`)) as View<
      typeof custodyView
    >;
    expect(entries.find(({ kind }) => kind === "item.viewed")?.detail).toMatchObject({ reason });
  });
});
