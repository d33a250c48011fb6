/**
 * The story of one report through the pages alone, in a real browser against a real federation: each person at their own
 * sign-in, every page checked for policy violations, script errors and accessibility as it is passed.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, signInAt } from "../support/browser.ts";
import { startScene, type Scene } from "./federation.ts";
import { eventually, expectSound, openDesk, see, tabTo, titleHasFocus, type Desk } from "./looking.ts";

let scene: Scene;
let browser: Browser;
const desks = new Map<string, Desk>();

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene(), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await scene?.stop();
});

/** Each step stands on the one before: after the first that fails, the others would only wait in vain. */
let broken = false;
beforeEach((context) => {
  if (broken) context.skip("an earlier step failed");
  context.onTestFailed(() => {
    broken = true;
  });
});

/** The desk of this person, signed in through the page at the first call. */
async function deskOf(member: string, person: string): Promise<Desk> {
  const found = desks.get(person);
  if (found) return found;
  const desk = await openDesk(browser, scene.federation.node(member), person);
  await signInAt(desk.page, desk.node.url, person, desk.password);
  desks.set(person, desk);
  return desk;
}
/** The state beside the page's title. */
const state = (page: Page, words: string) =>
  page.locator("main h1 ~ [role=status], main h1 ~ * [role=status]", { hasText: words });
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name });
/** The line of an item in the list beside the picture. */
const itemLine = (page: Page, file: string) => page.locator("li[data-item]", { hasText: file });

async function fileReport({ page }: Desk, url: string): Promise<void> {
  await page.getByLabel("Reported address").fill(url);
  await page.keyboard.press("Enter");
  await titleHasFocus(page);
}

describe("the story of one report, through the pages", { timeout: 120_000 }, () => {
  it("lets a person sign in by keyboard alone, and says what to do when the password is wrong", async () => {
    const desk = await openDesk(browser, scene.federation.node("hotline-a"), "anna");
    desks.set("anna", desk);
    const { page, password } = desk;
    await see(heading(page, "Sign in"));
    await tabTo(page, page.getByLabel("Sign-in name"));
    await page.keyboard.type("anna");
    await page.keyboard.press("Tab");
    await page.keyboard.type("not the password");
    await page.keyboard.press("Enter");
    await see(page.getByRole("alert").getByText("accounts/sign-in-refused"));
    await expectSound(desk, "sign-in with a refusal");
    await page.getByLabel("Password").focus();
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await see(heading(page, "Reports"));
    await titleHasFocus(page);
    await see(heading(page, "No reports yet"));
    await expectSound(desk, "the empty queue");
  });

  it("hotline B classifies an earlier report, and hotline A hears of its hashes without a reload", async () => {
    const anna = await deskOf("hotline-a", "anna");
    await anna.page.getByRole("link", { name: "Federation" }).click();
    await titleHasFocus(anna.page);
    const bob = await deskOf("hotline-b", "bob");
    await fileReport(bob, scene.earlierUrl);
    await see(heading(bob.page, "Item 1 of 1"));
    await bob.page.keyboard.press("Digit1");
    await bob.page.getByRole("button", { name: "Complete report" }).click();
    await see(state(bob.page, "to notify"));
    const members = anna.page.getByRole("table").first();
    const adverts = members
      .getByRole("row", { name: /Hotline B/ })
      .getByRole("cell")
      .last();
    await eventually(() => adverts.textContent()).toBe("1");
    await expectSound(anna, "the federation page");
    expect(await members.getByRole("row").count()).toBe(1 + 4);
    for (const member of ["Hotline B", "Police of B", "INTERPOL"])
      await see(anna.page.getByRole("row", { name: member }).getByText("connected"));
  });

  it("hotline A files the URL by keyboard and watches the capture", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const { page } = anna;
    await tabTo(page, page.getByRole("link", { name: "Reports" }));
    await page.keyboard.press("Enter");
    await titleHasFocus(page);
    const release = scene.holdPictures();
    try {
      await tabTo(page, page.getByLabel("Reported address"));
      await page.keyboard.type(scene.reportedUrl);
      await page.keyboard.press("Enter");
      await titleHasFocus(page);
      await see(page.getByRole("progressbar"));
      await see(page.getByText("Fetching the address"));
      await expectSound(anna, "the report while it is captured");
    } finally {
      release();
    }
    await see(state(page, "to classify"));
    await see(heading(page, "Item 1 of 8"));
    await expectSound(anna, "the report to classify");
  });

  it("never shows a known item unless somebody writes down why", async () => {
    const { page } = await deskOf("hotline-a", "anna");
    const figure = page.getByRole("figure");
    await itemLine(page, "spiral-copy.jpg").getByRole("button").click();
    await see(figure.getByText("Known already: not shown."));
    expect(await figure.locator("img").count()).toBe(0);
    const look = figure.getByRole("button", { name: /Hold to look/ });
    expect(await look.getAttribute("aria-disabled")).toBe("true");
    await see(figure.getByText("A known item needs a written reason.").locator("visible=true"));
    await page.getByLabel("Why must this known item be seen?").fill("A complaint about the earlier verdict");
    await holdWithMouse(page);
    await see(figure.getByAltText("The item, while you hold"));
    await page.mouse.up();
    await eventually(() => figure.locator("img").count()).toBe(0);
  });

  it("reveals in steps while Space is held, from a ticket that is good once", async () => {
    const { page } = await deskOf("hotline-a", "anna");
    const figure = page.getByRole("figure");
    const picture = figure.getByAltText("The item, while you hold");
    await itemLine(page, "rings.jpg").getByRole("button").click();
    await see(figure.getByAltText("Blurred, grey preview"));
    for (const step of ["grey", "clear"]) {
      await page.keyboard.down("Space");
      await see(picture);
      await see(figure.getByText(`Recorded look: ${step}`));
      const address = await picture.getAttribute("src");
      expect(address).toMatch(/^\/api\/reveals\/[0-9a-f]{32}$/u);
      await eventually(() =>
        picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      ).toBe(480);
      await page.keyboard.up("Space");
      await see(figure.getByAltText("Blurred, grey preview"));
      expect(await page.evaluate(`fetch("${address}").then(({ status }) => status)`)).toBe(404);
    }
  });

  it("classifies by digits, goes back with arrows, and undoes what is on screen", async () => {
    const { page } = await deskOf("hotline-a", "anna");
    const pressed = page.locator("button[aria-pressed=true]");
    await see(heading(page, "Item 1 of 8"));
    await page.keyboard.press("Digit1");
    await see(heading(page, "Item 2 of 8"));
    expect(await pressed.count()).toBe(0);
    await page.keyboard.press("ArrowLeft");
    await see(heading(page, "Item 1 of 8"));
    expect(await pressed.textContent()).toContain("Baseline");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Digit2");
    await see(page.getByText("2 of 5 decided"));

    const second = itemLine(page, "plasma.jpg");
    await see(second.getByText("National"));
    await noteTitleAtUndo(page);
    await page.keyboard.press("KeyU");
    await see(page.getByText("1 of 5 decided"));
    await eventually(() => page.evaluate("globalThis.titleAtUndo")).toBe("Item 2 of 8");
    await see(second.getByText("to classify"));

    // As fast as somebody types: nothing is lost, each verdict goes to the item that was on screen.
    for (const digit of ["Digit2", "Digit3", "Digit1", "Digit2"]) await page.keyboard.press(digit);
    await see(page.getByText("5 of 5 decided"));
    for (const [file, verdict] of Object.entries(verdicts))
      await see(itemLine(page, file).getByText(verdict));
  });

  it("completes the report, and the receipt of hotline B arrives", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const { page } = anna;
    const button = page.getByRole("button", { name: "Complete report" });
    await eventually(() => button.getAttribute("aria-disabled")).toBeNull();
    await button.focus();
    await page.keyboard.press("Enter");
    await see(state(page, "forwarded"));
    await titleHasFocus(page);
    await see(page.getByRole("listitem").filter({ hasText: "Report to Hotline B" }).getByText("accepted"));
    await expectSound(anna, "the completed report");
  });

  it("hotline B finds the report in its queue and approves the notice", async () => {
    const bob = await deskOf("hotline-b", "bob");
    const { page } = bob;
    await page.getByRole("link", { name: "Reports" }).click();
    const line = page.getByRole("listitem").filter({ hasText: "from Hotline A" });
    await see(line);
    await expectSound(bob, "the queue with reports");
    await line.getByRole("link").click();
    await see(heading(page, "Notice to the provider"));
    await expectSound(bob, "the report before its notice");
    await page.getByRole("button", { name: "Approve and send" }).click();
    await see(state(page, "provider notified"));
    await eventually(() => scene.notices.length).toBeGreaterThan(0);
  });

  it("police answer, and hotline A reads it", async () => {
    const olga = await deskOf("police-b", "olga");
    const { page } = olga;
    const line = page.getByRole("listitem").filter({ hasText: "Found by Hotline A." });
    await see(line);
    await expectSound(olga, "the police inbox");
    await line.getByRole("link").click();
    await see(heading(page, "Answers given"));
    await expectSound(olga, "an escalation");
    await page.getByLabel("Status").selectOption({ label: "Under investigation" });
    await page.getByLabel("Note").fill("Case opened.");
    await page.getByRole("button", { name: "Send answer" }).click();
    await see(page.getByRole("listitem").filter({ hasText: "Case opened." }));
    await see(state(page, "Under investigation"));
    const anna = await deskOf("hotline-a", "anna");
    await see(anna.page.getByRole("listitem").filter({ hasText: "Police of B: Under investigation" }));
  });

  it("INTERPOL requests an item, and two custodians at two sign-ins grant it", async () => {
    const carl = await deskOf("hotline-a", "carl");
    await carl.page.getByRole("link", { name: "Material requests" }).click();
    await see(heading(carl.page, "No requests"));
    const ivan = await deskOf("interpol", "ivan");
    const offered = ivan.page
      .getByRole("listitem")
      .filter({ hasText: "Baseline" })
      .filter({ hasNotText: "Hotline B" });
    await see(offered);
    await expectSound(ivan, "the contributions");
    const card = ivan.page.getByRole("listitem").filter({ hasText: await sha256Of(offered.first()) });
    await card.getByRole("button", { name: "Request material" }).click();
    await ivan.page.getByLabel("Purpose").fill("Comparison with ICSE");
    await ivan.page.getByLabel("Legal basis").fill("INTERPOL Rules on the Processing of Data, Article 10");
    await expectSound(ivan, "the form of a request");
    await ivan.page.getByRole("button", { name: "Send request" }).click();
    await see(card.getByText("requested"));
    await see(heading(carl.page, "INTERPOL asks for one item"));

    await card.getByRole("button", { name: "Cancel …" }).click();
    await card.getByRole("button", { name: "Cancel, and drop what has come" }).click();
    await see(card.getByText("Cancelled here."));
    await see(carl.page.getByText("given up by the requester"));
    await card.getByRole("button", { name: "Request material" }).click();
    await ivan.page.getByLabel("Purpose").fill("Comparison with ICSE");
    await ivan.page.getByLabel("Legal basis").fill("INTERPOL Rules on the Processing of Data, Article 10");
    await ivan.page.getByRole("button", { name: "Send request" }).click();
    await see(carl.page.getByRole("button", { name: "Approve" }));
    await carl.page.getByRole("button", { name: "Approve" }).click();
    await see(carl.page.getByText("1 of 2"));
    const again = carl.page.getByRole("button", { name: "Approve" });
    expect(await again.getAttribute("aria-disabled")).toBe("true");
    await again.click({ force: true });
    await see(carl.page.getByText("You have approved this already.").locator("visible=true"));
    await see(carl.page.getByText("1 of 2"));
    await expectSound(carl, "a material request that waits");

    const clara = await deskOf("hotline-a", "clara");
    await clara.page.getByRole("link", { name: "Material requests" }).click();
    await clara.page.getByRole("button", { name: "Approve" }).click();
    await see(card.getByText("verified"));
    await see(carl.page.getByText("delivered"));
    await card.getByRole("button", { name: "Record outcome" }).click();
    await ivan.page.getByLabel("Outcome").selectOption({ label: "Inserted" });
    await ivan.page.getByRole("button", { name: "Tell the contributors" }).click();
    await see(card.getByText("Outcome told: Inserted"));
    const anna = await deskOf("hotline-a", "anna");
    await see(anna.page.getByRole("listitem").filter({ hasText: "INTERPOL: Inserted" }));
  });

  it("both hotlines see the removal", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const bob = await deskOf("hotline-b", "bob");
    await see(state(bob.page, "removed"));
    await see(state(anna.page, "removed"));
    await expectSound(anna, "the report after its removal");
  });

  it("the custody page shows every look and verifies", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const { page } = anna;
    await page.getByRole("link", { name: "Custody record" }).click();
    await titleHasFocus(page);
    await see(page.getByRole("status").getByText("verified", { exact: true }));
    for (const check of ["Signature.", "Hash tree.", "Inclusion.", "Content.", "Nothing rolled back."])
      await see(page.getByRole("listitem").filter({ hasText: check }).getByText("passed:"));
    await page.getByRole("button", { name: "Verify again" }).click();
    const kinds = await page.locator("dl dd.mono").allTextContents();
    expect(kinds.filter((kind) => kind === "item.viewed")).toHaveLength(3);
    expect(kinds).toEqual(
      expect.arrayContaining(["statement.receipted", "material.granted", "icse.outcome"]),
    );
    await page
      .getByText(/^Entry \d+/u)
      .first()
      .click();
    await see(page.locator("dl dd.mono").first());
    await expectSound(anna, "the custody page");
  });

  it("the administrator adds a person", async () => {
    const admin = await deskOf("hotline-a", "admin");
    const { page } = admin;
    await page.getByRole("link", { name: "People" }).click();
    const form = page.locator("form");
    await form.getByLabel("Name", { exact: true }).fill("Tina Triage");
    await form.getByLabel("Sign-in name").fill("tina");
    await form.getByLabel("First password").fill("a long enough password");
    await form.getByLabel("Analyst", { exact: true }).uncheck();
    expect(await form.getByRole("button").getAttribute("aria-disabled")).toBe("true");
    await form.getByLabel("Triage").check();
    await form.getByRole("button", { name: "Add person" }).click();
    await see(page.getByRole("row").filter({ hasText: "Tina Triage" }).getByText("Triage"));
    await page.getByRole("button", { name: "Switch off Tina Triage" }).click();
    await see(page.getByRole("row").filter({ hasText: "Tina Triage" }).getByText("switched off"));
    await expectSound(admin, "the people");
  });
});

/** What the digits above say, by item: the known one was not theirs to judge. */
const verdicts = {
  "rings.jpg": "Baseline",
  "plasma.jpg": "National",
  "checks.jpg": "Not illegal",
  "hills.jpg": "Baseline",
  "stripes.jpg": "National",
  "spiral-copy.jpg": "Baseline",
};

/** What was on screen at the moment when the page asked the node to take a verdict back. */
async function noteTitleAtUndo(page: Page): Promise<void> {
  await page.evaluate(`{
    const ask = globalThis.fetch;
    globalThis.fetch = (address, options) => {
      if (options.method === "DELETE")
        globalThis.titleAtUndo = document.querySelector("#classify-title").textContent.trim();
      return ask(address, options);
    };
  }`);
}

async function holdWithMouse(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Hold to look/ }).hover();
  await page.mouse.down();
}

async function sha256Of(card: ReturnType<Page["locator"]>): Promise<string> {
  const [hash] = /[0-9a-f]{64}/u.exec((await card.textContent()) ?? "") ?? [];
  if (hash === undefined) throw new Error("The card shows no SHA-256.");
  return hash;
}

describe("a page that stays open", { timeout: 120_000 }, () => {
  it("shows a report that was filed elsewhere, in every tab, over one stream", async () => {
    const desk = await openDesk(browser, scene.federation.node("hotline-b"), "bob");
    const streams: string[] = [];
    desk.context.on("request", (request) => {
      if (request.url().endsWith("/api/events")) streams.push(request.url());
    });
    await signInAt(desk.page, desk.node.url, "bob", desk.password);
    await see(heading(desk.page, "Reports"));
    const second = await desk.context.newPage();
    await second.goto(`${desk.node.url}/reports`);
    await see(second.getByRole("listitem"));
    await scene.federation
      .node("hotline-b")
      .as("bob")
      .post("/reports", { url: scene.laterUrl, source: "public" });
    for (const page of [desk.page, second])
      await see(page.getByRole("listitem").filter({ hasText: scene.laterUrl }).getByText("to classify"));
    expect(streams).toHaveLength(1);

    // The tab that listened closes: the other takes over.
    await desk.page.close();
    await eventually(() => streams.length).toBe(2);
    await desk.context.close();
  });

  it("keeps the last state with advice while the node is away, and goes on when it is back", async () => {
    const olga = await deskOf("police-b", "olga");
    const { page } = olga;
    await page.getByRole("link", { name: "Escalations" }).click();
    await see(page.getByRole("listitem").filter({ hasText: "Found by Hotline A." }));
    await olga.node.stop();
    await see(page.getByRole("alert").getByText("The node cannot be reached."));
    await see(page.getByRole("alert").getByText("Check that it is running"));
    await see(page.getByRole("listitem").filter({ hasText: "Found by Hotline A." }));
    await see(page.getByText("What follows is the state of"));
    await expectSound(olga, "a page whose node is away");
    await olga.node.start();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await see(page.getByRole("listitem").filter({ hasText: "Found by Hotline A." }));
  });

  it("lists its keys, and lets them be switched off", async () => {
    const { page, problems } = await deskOf("hotline-a", "anna");
    await page.goto(`${new URL(page.url()).origin}/reports?state=removed`);
    await page.getByRole("listitem").getByRole("link").first().click();
    await see(heading(page, "Item 1 of 8"));
    await page.keyboard.press("Slash");
    const dialog = page.getByRole("dialog");
    await see(dialog.getByText("Next"));
    expect(await dialog.getByText("Baseline").count()).toBe(0); // Nothing is open here, so digits do nothing.
    await dialog.getByLabel("Single-key shortcuts are on").uncheck();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("ArrowRight");
    await see(heading(page, "Item 1 of 8"));
    await page.getByRole("button", { name: "Keys" }).click();
    await dialog.getByLabel("Single-key shortcuts are on").check();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("ArrowRight");
    await see(heading(page, "Item 2 of 8"));
    expect(problems).toEqual([]);
  });

  it("says so when there is nothing at an address", async () => {
    const anna = await deskOf("hotline-a", "anna");
    await anna.page.goto(`${anna.node.url}/no/such/page`);
    await see(heading(anna.page, "No such page"));
    await expectSound(anna, "an address without a page");
    await anna.page.goto(`${anna.node.url}/reports/${"0".repeat(32)}`);
    await see(anna.page.getByRole("alert").getByText("casework/no-such-report"));
    await expectSound(anna, "a report that is not there");
  });

  it("signs out, in the other tabs too", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const other = await anna.context.newPage();
    await other.goto(`${anna.node.url}/reports`);
    await see(heading(other, "Reports"));
    await anna.page.getByRole("button", { name: "Sign out" }).click();
    await see(heading(anna.page, "Sign in"));
    await titleHasFocus(anna.page);
    await expectSound(anna, "the page after sign-out");
    await see(other.getByText("Your sign-in ended."));
    await other.close();
  });
});
