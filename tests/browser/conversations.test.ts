/** Two organisations write to each other through the pages, in a real browser: by keyboard, with every page checked. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { demoMembers, startFederation, type DemoMember, type DevFederation } from "../../node/demo/index.ts";
import { launchBrowser, signInAt } from "../support/browser.ts";
import { eventually, expectSound, openDesk, see, tabTo, titleHasFocus, type Desk } from "./looking.ts";

let folder: string;
let federation: DevFederation;
let browser: Browser;

const members: DemoMember[] = demoMembers
  .filter(({ key }) => key === "hotline-a" || key === "police-b")
  .map((member: DemoMember) => ({ ...member, port: 0 }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wardline-browser-"));
  const settings = () => ({ log: "silent" });
  [federation, browser] = await Promise.all([
    startFederation({ folder, members, processes: false, settings }),
    launchBrowser(),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function deskOf(member: string, person: string): Promise<Desk> {
  const desk = await openDesk(browser, federation.node(member), person);
  await signInAt(desk.page, desk.node.url, person, desk.password);
  return desk;
}
const heading = (page: Page, name: string) => page.getByRole("heading", { name });
const badge = (page: Page) => page.getByRole("link", { name: "Conversations" });

describe("a conversation, through the pages", { timeout: 120_000 }, () => {
  it("begins at a report, is answered without the mouse, and shows markup as text", async () => {
    const anna = await deskOf("hotline-a", "anna");
    const { page } = anna;
    await badge(page).click();
    await titleHasFocus(page);
    await see(heading(page, "No conversations"));
    await expectSound(anna, "no conversations");
    const { id, reference } = await federation
      .node("hotline-a")
      .as("anna")
      .post<{ id: string; reference: string }>("/reports", {
        url: "http://nowhere.invalid/",
        source: "analyst",
      });
    await page.goto(`${anna.node.url}/reports/${id}`);
    await page.getByRole("link", { name: "Ask …" }).click();
    await see(heading(page, `Ask about ${reference}`));
    await titleHasFocus(page);
    const send = page.getByRole("button", { name: "Send" });
    await eventually(() => send.getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel("Another organisation").selectOption({ label: "Police of B" });
    await see(page.getByRole("checkbox", { name: "Police of B", checked: true }));
    const markup = `Is <b>this</b> yours? <img src=x onerror="alert(1)">`;
    await page.getByLabel("Message").fill(markup);
    await page.getByLabel("SHA-256 of an item").fill("ab".repeat(32));
    await page.getByLabel("Point at what is known here").selectOption({ label: `Report ${reference}` });
    await see(page.getByRole("button", { name: `Remove: Report ${reference}` }));
    await expectSound(anna, "the form of a question");
    await send.click();
    await see(heading(page, reference));
    await see(page.getByText("Police of B has it."));
    await see(page.getByRole("link", { name: "Show report" }));
    await expectSound(anna, "a conversation");

    const olga = await deskOf("police-b", "olga");
    await eventually(() => badge(olga.page).textContent()).toContain("1 with something new");
    await tabTo(olga.page, badge(olga.page));
    await olga.page.keyboard.press("Enter");
    await see(olga.page.getByText("1 new"));
    await see(olga.page.getByText("Not known here"));
    await expectSound(olga, "the conversations");
    await olga.page.getByRole("link", { name: reference }).click();
    await titleHasFocus(olga.page);
    await see(olga.page.getByText(markup));
    await see(olga.page.getByText("ab".repeat(32)));
    await see(olga.page.getByRole("list", { name: "What it points at" }).getByText("not known here"));
    await eventually(() => olga.page.locator("main img, main article b").count()).toBe(0);
    await see(olga.page.getByText("new", { exact: true }));
    await eventually(() => badge(olga.page).textContent()).not.toContain("with something new");
    await expectSound(olga, "a conversation about a report that is not known here");
    await olga.page.keyboard.press("KeyA");
    await olga.page.keyboard.type("Yes, since May.");
    await olga.page.keyboard.press("Control+Enter");
    await see(olga.page.getByText("Hotline A has it."));

    await see(page.getByText("Yes, since May."));
    await see(heading(page, "Police of B"));
    await page.goto(`${anna.node.url}/conversations/${"0".repeat(32)}`);
    await see(page.getByRole("alert").getByText("casework/no-such-conversation"));
  });
});
