/**
 * From an address to its removal through the pages alone, and what a court gets of it: a capture that is paused, a hold of
 * the police, a notice read before it is approved, the board, the clocks, and an export that two people agree to.
 */
import { readFile } from "node:fs/promises";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, signInAt } from "../support/browser.ts";
import { startScene, type Scene } from "./federation.ts";
import { eventually, expectSound, openDesk, see, titleHasFocus, type Desk } from "./looking.ts";

let scene: Scene;
let browser: Browser;
let bob: Desk;
let olga: Desk;
const day = 86_400_000;

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene(), launchBrowser()]);
  bob = await deskOf("hotline-b", "bob");
  olga = await deskOf("police-b", "olga");
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

async function deskOf(member: string, person: string): Promise<Desk> {
  const desk = await openDesk(browser, scene.federation.node(member), person);
  await signInAt(desk.page, desk.node.url, person, desk.password);
  return desk;
}
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name });
const state = (page: Page, words: string) =>
  page.locator("main h1 ~ [role=status], main h1 ~ * [role=status]", { hasText: words });

async function follow({ page }: Desk, link: string): Promise<void> {
  await page.getByRole("link", { name: link, exact: true }).first().click();
  await titleHasFocus(page);
}

describe("from an address to its removal", { timeout: 120_000 }, () => {
  it("a capture shows how far it is, and can be paused and go on", async () => {
    const { page } = bob;
    const release = scene.holdPictures();
    try {
      await page.getByLabel("Reported address").fill(scene.laterUrl);
      await page.getByText("What is needed to get at the content").click();
      await page.getByLabel("Page that led there").fill("https://forum.example/thread/7");
      await expectSound(bob, "the form of a report");
      await page.getByRole("button", { name: "File report" }).click();
      await titleHasFocus(page);
      await page.getByRole("button", { name: "Pause" }).click();
      await see(heading(page, "The capture is paused; what it has found stays."));
      await expectSound(bob, "a capture that is paused");
      await page.getByRole("button", { name: "Go on" }).click();
      await see(heading(page, /^Fetching the address/u));
    } finally {
      release();
    }
    await see(state(page, "to classify"));
    await page.getByText("What the reporter gave to get at the content").click();
    await see(page.getByText("https://forum.example/thread/7"));
  });

  it("the report shows its site as a tree, where it is hosted, and how its items came here", async () => {
    const { page } = bob;
    const site = page.getByRole("region", { name: "Site" });
    await see(site.getByText("1 page, 1 item"));
    await see(site.getByRole("button", { name: /tiles\.jpg/u }));
    await see(page.getByRole("region", { name: "Hosting and route" }).getByText("Provider of B"));
    await page.getByText("How it came here").click();
    await see(page.getByText("SHA-512"));
    await see(page.getByText("Example Optics"));
    await page.getByText(/^Web archive/u).click();
    await see(page.getByRole("cell", { name: /\.warc/u }));
    await expectSound(bob, "a report with its evidence");
    await page.locator("#classify-title").focus();
    await page.keyboard.press("Digit1");
    await page.getByRole("button", { name: "Complete report" }).click();
    await see(state(page, "to notify"));
  });

  it("police ask for a hold from the escalation, and the hotline sees it on the report", async () => {
    const { page } = olga;
    await page.getByRole("listitem").getByRole("link").first().click();
    await titleHasFocus(page);
    await follow(olga, "Ask for a hold");
    await see(page.getByText("It goes to the hotline that told you of the report"));
    await page.getByLabel("Legal basis").fill("Order of a court of B");
    await page.getByLabel("Reason").fill("An investigation would be seen");
    await page.getByLabel("Until the end of").fill(new Date(Date.now() + 3 * day).toISOString().slice(0, 10));
    await expectSound(olga, "the form of a hold");
    await page.getByRole("button", { name: "Place the hold" }).click();
    await see(page.getByRole("article").getByText("in force"));
    await expectSound(olga, "the holds of the police");
    const held = bob.page.getByRole("region", { name: "Held for police" });
    await see(held.getByText("Police of B"));
    await see(held.getByText(/days? left/u));
  });

  it("a notice is read before it is approved, and waits for the hold", async () => {
    const { page } = bob;
    await page.getByRole("button", { name: "Read it first" }).click();
    await see(page.getByText("It would go by mail to the provider"));
    await see(page.getByText(/^The same for programs/u));
    await expectSound(bob, "a notice before it is approved");
    await page.getByRole("button", { name: "Approve and send" }).click();
    await see(heading(page, "Notices"));
    await follow(bob, "Takedowns");
    await see(page.getByRole("listitem").getByText("held for police"));
    await expectSound(bob, "the board of takedowns");
    await follow(bob, "Holds");
    await see(page.getByRole("article").getByText("An investigation would be seen"));
    await expectSound(bob, "the holds of the hotline");
    expect(scene.notices).toHaveLength(0);
  });

  it("the hold is released, the notice leaves, and the removal shows on the board and in the figures", async () => {
    await olga.page.getByRole("button", { name: "Release" }).click();
    await olga.page.getByRole("button", { name: "Release" }).click();
    await see(olga.page.getByRole("article").getByText("the provider may be told"));
    await eventually(() => scene.notices.length).toBe(1);
    const { page } = bob;
    await follow(bob, "Takedowns");
    await see(heading(page, "Nothing waits to be removed"));
    await expectSound(bob, "an empty board");
    await follow(bob, "Statistics");
    await see(page.getByRole("cell", { name: "1 removed, 0 not yet" }));
    await page.getByLabel("Clock").selectOption({ label: "From notice to removal" });
    await page.getByLabel("Show").selectOption({ label: "By provider" });
    await see(page.getByRole("cell", { name: "Provider of B" }));
    await see(page.getByText("1, of which 0 in force"));
    await expectSound(bob, "the figures");
  });

  it("a report is prepared for a court: asked for, agreed to by two people, and taken as a sealed file", async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    const { id } = await scene.federation
      .node("hotline-a")
      .as("anna")
      .post<{ id: string }>("/reports", { url: scene.earlierUrl, source: "public" });
    const carl = await deskOf("hotline-a", "carl");
    const { page } = carl;
    await page.goto(`${carl.node.url}/reports/${id}`);
    await see(state(page, "to classify"));
    await follow(carl, "Prepare for a court");
    await see(page.getByText("None was asked for of this report."));
    await page.getByLabel("Receiver", { exact: true }).fill("Court of A");
    await page.getByLabel("Proceeding and legal ground").fill("Case 7, order of the court");
    await page.getByLabel("The receiver’s age recipients").fill("not a key");
    await page.getByLabel("Only these").check();
    await page.getByLabel(/spiral\.jpg/u).check();
    await page.getByRole("button", { name: "Ask for the export" }).click();
    await see(page.getByRole("alert").getByText("export/invalid-recipient"));
    await expectSound(carl, "the form of an export");
    await page.getByLabel("The receiver’s age recipients").fill(recipient);
    await page.getByRole("button", { name: "Ask for the export" }).click();
    const card = page.getByRole("article").filter({ hasText: "Court of A" });
    await see(card.getByText("waits for approval"));
    await card.getByRole("button", { name: "Approve" }).click();
    await see(card.getByText("1 of 2"));
    expect(await card.getByRole("button", { name: "Approve" }).getAttribute("aria-disabled")).toBe("true");
    await expectSound(carl, "an export that waits");

    const clara = await deskOf("hotline-a", "clara");
    await follow(clara, "Exports");
    await clara.page.getByRole("button", { name: "Approve" }).click();
    await see(card.getByText("can be taken"));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      card.getByRole("link", { name: "Take the package" }).click(),
    ]);
    const sealed = await readFile(await download.path());
    expect(sealed.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    await page.reload();
    await see(card.getByText(/\d+ files,/u));
    await expectSound(carl, "an export that was taken");
  });
});
