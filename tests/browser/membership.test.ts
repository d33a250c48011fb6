/** The secretariat gathers signatures through its page, in a real browser, until a roster is published; every page checked. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { encodeFile, signFile, type FederationFile } from "@wardline/protocol/roster";
import { demoMembers, startFederation, type DemoMember, type DevFederation } from "../../node/demo/index.ts";
import { amendRoster } from "../../node/federation/index.ts";
import { launchBrowser, signInAt } from "../support/browser.ts";
import { eventually, expectSound, openDesk, see, tabTo, titleHasFocus, type Desk } from "./looking.ts";

let folder: string;
let federation: DevFederation;
let browser: Browser;

const members: DemoMember[] = demoMembers
  .filter(({ key }) => ["hotline-a", "secretariat", "police-b"].includes(key))
  .map((member: DemoMember) => ({
    ...member,
    people: [...member.people, { signIn: "second", name: "Sven Second", roles: ["administrator"] }],
    port: 0,
  }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wardline-browser-"));
  [federation, browser] = await Promise.all([
    startFederation({ folder, members, processes: false, settings: () => ({ log: "silent" }) }),
    launchBrowser(),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await federation?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function deskOf(member: string): Promise<Desk> {
  const desk = await openDesk(browser, federation.node(member), "admin");
  await signInAt(desk.page, desk.node.url, "admin", desk.password);
  return desk;
}

const asUpload = (name: string, file: FederationFile) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(encodeFile(file)),
});

it("a draft is brought, read in words, signed by two countries, published, and evidence is explained", async () => {
  const { trust, registrars } = federation.files;
  const { bytes } = amendRoster(trust, [], Date.now() - 7_200_000, (entries) =>
    entries.map((entry) => (entry.kind === "hotline" ? { ...entry, contact: "+46 8 000" } : entry)),
  );
  const signatureOf = (at: number) => ({
    bytes,
    signatures: registrars.slice(at, at + 1).map((key) => signFile("roster", bytes, trust.federationId, key)),
  });
  const secretariat = await deskOf("secretariat");
  const { page } = secretariat;
  await page.getByRole("link", { name: "Membership" }).click();
  await titleHasFocus(page);
  await see(page.getByText("No draft waits."));
  await see(page.getByText("Nothing needs anybody now."));
  await expectSound(secretariat, "membership without drafts");

  const input = page.getByLabel("Bring a draft or signatures");
  await input.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") });
  await see(page.getByRole("alert").getByText("desks/not-a-draft"));
  await input.setInputFiles(asUpload("draft.json", { bytes, signatures: [] }));
  await see(page.getByRole("heading", { name: "Roster, version 2" }));
  await see(page.getByText("+46 8 000"));
  await see(page.getByText("0 of 2 keys needed,"));
  const publish = page.getByRole("button", { name: "Publish" });
  await eventually(() => publish.getAttribute("aria-disabled")).toBe("true");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save for a signer" }).click();
  const saved = await (await saving).path();
  expect(JSON.parse(await readFile(saved, "utf8"))).toMatchObject({ signatures: [] });
  await input.setInputFiles(asUpload("rut.signed.json", signatureOf(0)));
  await see(page.getByText("1 of 2 keys needed,"));
  await expectSound(secretariat, "a draft that one registrar signed");
  await input.setInputFiles(asUpload("sam.signed.json", signatureOf(1)));
  await see(page.getByText("2 of 2 countries needed."));
  await tabTo(page, publish);
  await page.keyboard.press("Enter");
  await see(page.getByText("No draft waits."));
  await see(page.getByText("+46 8 000"));

  const next = federation.node("secretariat").services?.federation;
  const alone = next && amendRoster(next.trust(), registrars.slice(0, 1), Date.now(), (entries) => entries);
  if (alone) await next.acceptFiles([{ kind: "roster", file: alone }]);
  await page.reload();
  await see(page.getByText("A file that too few signed"));
  await expectSound(secretariat, "evidence");

  const hotline = await deskOf("hotline-a");
  await hotline.page.getByRole("link", { name: "Federation" }).click();
  await see(hotline.page.getByRole("heading", { name: "What ends when" }));
  await expectSound(hotline, "the federation page of a hotline");
}, 180_000);

it("an emergency suspension takes two people here and one at another holder, and is shown in force", async () => {
  for (const { memberId, services } of federation.nodes) {
    const keys = federation.files.freshnessKeys.filter(({ member }) => member === memberId);
    if (services?.federation.self.kind !== "lea") await services?.federation.holdFreshnessKeys(keys);
  }
  const hotline = await deskOf("hotline-a");
  const { page } = hotline;
  await page.getByRole("link", { name: "Membership" }).click();
  await page.getByRole("combobox", { name: "Member" }).selectOption({ label: "Police of B" });
  await page.getByLabel("Reason, for the operators").fill("An exercise");
  await page.getByRole("button", { name: "Propose suspension" }).click();
  await see(page.getByText("Suspend Police of B"));
  await see(page.getByText("You have approved this already."));
  await expectSound(hotline, "a proposal that waits for a second person");
  const proposals = async (member: string) =>
    (await federation.node(member).as("second").get<{ proposals: { id: string }[] }>("/membership"))
      .proposals;
  expect(await proposals("secretariat")).toEqual([]);
  const [proposal] = await proposals("hotline-a");
  await federation.node("hotline-a").as("second").post(`/membership/proposals/${proposal?.id}/approve`);
  await see(page.getByText("Signed here; it waits for another member."));

  const secretariat = await deskOf("secretariat");
  await secretariat.page.getByRole("link", { name: "Membership" }).click();
  await secretariat.page.getByRole("button", { name: "Agree and sign" }).click();
  await see(secretariat.page.getByText("in force", { exact: true }));
  await see(page.getByText("in force", { exact: true }));
  await see(page.getByText("suspended", { exact: true }));
  await expectSound(hotline, "a suspension in force");
}, 180_000);
