/** How the browser tests look at a page: as a person at a desk, and as somebody who checks every page for soundness. */
import { expect } from "vitest";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { DevNode } from "../../node/demo/index.ts";
import { accessibilityProblems, watchPolicy } from "../support/browser.ts";

export interface Desk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly node: DevNode;
  readonly password: string;
  /** Policy violations and script errors since the page was opened. */
  readonly problems: readonly string[];
}

/** How long something may take to travel through the federation and onto a page. */
const patience = 60_000;

/** A page of this person at their own node, not yet signed in. */
export async function openDesk(browser: Browser, node: DevNode, signIn: string): Promise<Desk> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const problems = await watchPolicy(page);
  const password = node.people.find((person) => person.signIn === signIn)?.password ?? "";
  await page.goto(node.url);
  return { page, context, node, password, problems };
}

/**
 * The page as it stands: nothing that axe finds wrong in light and in dark, nothing to scroll sideways at 320 pixels,
 * no policy violation, no script error.
 */
export async function expectSound({ page, problems }: Desk, what: string): Promise<void> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await accessibilityProblems(page)).map((each) => `${colorScheme}: ${each}`));
  }
  await page.setViewportSize({ width: 320, height: 800 });
  const sideways = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  if (sideways > 0) found.push(`at 320 pixels it scrolls sideways by ${sideways}`);
  found.push(...(await accessibilityProblems(page)).map((each) => `narrow: ${each}`));
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
  expect([...found, ...problems], `${what} is sound`).toEqual([]);
}

/** Looks again and again until it is as expected. */
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: patience });

/** Waits until this is to be seen. */
export async function see(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "visible" });
}

/** Presses Tab until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error("It cannot be reached with the Tab key.");
}

/** Waits until the page's title has the focus, as it has after each change of page. */
export async function titleHasFocus(page: Page): Promise<void> {
  await page.locator("main h1:focus").waitFor({ state: "attached" });
}
