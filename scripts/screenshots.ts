/**
 * The pictures of the documentation: the demonstration federation, its story played, each page as the person who works
 * on it sees it, in light and in dark. Made anew by `npm run screenshots`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateIdentity, identityToRecipient } from "age-encryption";
import sharp from "sharp";
import type { Browser, Page } from "playwright-core";
import { text } from "@wardline/protocol/encoding";
import { encodeFile } from "@wardline/protocol/roster";
import { drawPicture, startDemo, type ApiClient, type Demo } from "../node/demo/index.ts";
import { amendRoster } from "../node/federation/index.ts";
import { launchBrowser, signInAt } from "../tests/support/browser.ts";

const target = fileURLToPath(new URL("../docs/images/", import.meta.url));
const size = { width: 1280, height: 800 };

/** Of a key that nobody has: a package for it is never opened. */
const receiversKey = await identityToRecipient(await generateIdentity());

interface Shot {
  readonly name: string;
  readonly member: string;
  /** Nobody: the page before anybody signed in. */
  readonly person?: string;
  /** Brings the page to where its picture is taken. */
  readonly arrange: (page: Page) => Promise<void>;
}

const list = (path: string) => async (page: Page) => {
  await page.goto(new URL(path, page.url()).href);
  await page.locator("main ul.list li").first().waitFor();
};
const openReport = async (page: Page, state: string) => {
  await list(`/reports?state=${state}`)(page);
  await page.locator("a.reference").first().click();
  await page.locator("#classify-title").waitFor();
};

const shots: readonly Shot[] = [
  { name: "sign-in", member: "hotline-a", arrange: (page) => page.getByLabel("Sign-in name").waitFor() },
  { name: "queue", member: "hotline-a", person: "anna", arrange: list("/reports") },
  {
    name: "classify",
    member: "hotline-a",
    person: "anna",
    async arrange(page) {
      await openReport(page, "to-classify");
      await page.locator("figure img").waitFor();
    },
  },
  {
    name: "report",
    member: "hotline-a",
    person: "anna",
    arrange: (page) => openReport(page, "removed"),
  },
  {
    name: "custody",
    member: "hotline-a",
    person: "anna",
    async arrange(page) {
      await openReport(page, "removed");
      await page.getByRole("link", { name: "Custody record" }).click();
      await page.locator("li.entry").first().waitFor();
    },
  },
  { name: "material", member: "hotline-a", person: "carl", arrange: list("/material") },
  {
    name: "people",
    member: "hotline-a",
    person: "admin",
    async arrange(page) {
      await page.goto(new URL("/people", page.url()).href);
      await page.locator("tbody tr").first().waitFor();
    },
  },
  {
    name: "site",
    member: "hotline-a",
    person: "anna",
    async arrange(page) {
      await openReport(page, "to-classify");
      await page.locator("#site-title").scrollIntoViewIfNeeded();
    },
  },
  { name: "takedowns", member: "hotline-b", person: "bob", arrange: list("/takedowns") },
  { name: "holds", member: "hotline-b", person: "bob", arrange: list("/holds") },
  {
    name: "statistics",
    member: "hotline-b",
    person: "bob",
    async arrange(page) {
      await page.goto(new URL("/statistics?by=provider", page.url()).href);
      await page.locator("tbody tr").first().waitFor();
    },
  },
  { name: "exports", member: "hotline-a", person: "carl", arrange: list("/exports") },
  { name: "police", member: "police-b", person: "olga", arrange: list("/escalations") },
  {
    name: "escalation",
    member: "police-b",
    person: "olga",
    async arrange(page) {
      await list("/escalations")(page);
      await page.getByRole("link", { name: "XB-" }).first().click();
      await page.locator("tbody tr").first().waitFor();
    },
  },
  { name: "interpol", member: "interpol", person: "ivan", arrange: list("/contributions") },
  {
    name: "federation",
    member: "hotline-a",
    person: "anna",
    async arrange(page) {
      await page.goto(new URL("/federation", page.url()).href);
      await page.locator("tbody tr").first().waitFor();
    },
  },
  {
    name: "membership",
    member: "secretariat",
    person: "admin",
    async arrange(page) {
      await page.goto(new URL("/membership", page.url()).href);
      await page.locator("ul.signers li").first().waitFor();
    },
  },
];

/** Folders of generated patterns, with a page each: enough reports for a queue that looks like one. */
async function makeSite(folder: string): Promise<void> {
  const names = ["rings", "plasma", "checks", "hills", "stripes", "tiles"] as const;
  await writeFile(join(folder, "a-known-one.jpg"), await drawPicture("spiral"));
  for (const [index, album] of ["album-1", "album-2", "album-3"].entries()) {
    await mkdir(join(folder, album));
    for (const name of names)
      await writeFile(join(folder, album, `${name}.jpg`), await drawPicture(name, 800, 600, index / 5));
    const images = names.map((name) => `<img src="${name}.jpg" alt="">`);
    await writeFile(
      join(folder, album, "index.html"),
      `<!doctype html><title>${album}</title>${images.join("")}`,
    );
  }
  const cut = (await drawPicture("tiles")).subarray(0, 9000);
  await writeFile(join(folder, "cut-short.jpg"), cut);
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><title>Patterns</title><img src="a-known-one.jpg"><img src="cut-short.jpg"><a href="album-1/index.html">more</a>',
  );
}

/** The story, and what else a working day leaves on the desks. */
async function play(demo: Demo): Promise<void> {
  await demo.play((step, sentence) => process.stdout.write(`${step}. ${sentence}\n`));
  const as = (member: string, person: string) => demo.federation.node(member).as(person);
  const anna = as("hotline-a", "anna");
  for (const path of ["gone.html", "album-3/index.html", "album-2/index.html"]) {
    const url = `http://${demo.siteHost}/${path}`;
    const { id } = await anna.post<{ id: string }>("/reports", { url, source: "public" });
    await until(anna, `/reports/${id}`, ({ state }: { state: string }) => state !== "capturing");
  }
  await requestOneMore(as("interpol", "ivan"), as("hotline-a", "carl"));
  const { reports } = await anna.get<{ reports: { id: string }[] }>("/reports?state=to-classify");
  const { itemList } = await anna.get<{ itemList: { id: string; state: string }[] }>(
    `/reports/${reports[0]?.id ?? ""}`,
  );
  const open = itemList.filter(({ state }) => state === "open");
  for (const [index, verdict] of ["baseline", "not-illegal"].entries())
    await anna.put(`/items/${open[index]?.id ?? ""}/draft`, { verdict, facts: {} });
  await bringDraft(demo, as("secretariat", "admin"));
  await holdOne(as("hotline-b", "bob"), as("police-b", "olga"), `http://${demo.siteHost}/album-2/index.html`);
  await as("hotline-a", "carl").post("/exports", {
    ...{ report: reports[0]?.id, reason: "Case 7, order of the court", receiver: "Court of A" },
    ...{ recipients: [receiversKey], archives: true, originals: "all" },
  });
}

/** A report of hotline B that waits for its notice, and that police asked to hold. */
async function holdOne(bob: ApiClient, olga: ApiClient, url: string): Promise<void> {
  const { id } = await bob.post<{ id: string }>("/reports", { url, source: "public" });
  type Shown = { state: string; itemList: { id: string; state: string }[] };
  const { itemList } = await until<Shown>(bob, `/reports/${id}`, ({ state }) => state === "to-classify");
  for (const item of itemList)
    if (item.state === "open") await bob.put(`/items/${item.id}/draft`, { verdict: "baseline", facts: {} });
  await bob.post(`/reports/${id}/complete`);
  type Inbox = { escalations: { id: string; report: string }[] };
  const told = ({ escalations }: Inbox) => escalations.some(({ report }) => report === id);
  const { escalations } = await until<Inbox>(olga, "/escalations", told);
  await olga.post("/holds", {
    escalation: escalations.find(({ report }) => report === id)?.id,
    legalBasis: "Order of a court of B",
    reason: "An investigation would be seen",
  });
  type Holds = { holds: { state: string }[] };
  await until<Holds>(bob, "/holds", ({ holds }) => holds.some(({ state }) => state === "running"));
}

/** A new contact of one member, which one registrar has signed already. */
async function bringDraft({ federation }: Demo, admin: ApiClient): Promise<void> {
  const { trust, registrars } = federation.files;
  const roster = amendRoster(trust, registrars.slice(0, 1), Date.now(), (members) =>
    members.map((member) => (member.kind === "lea" ? { ...member, contact: "+46 8 000" } : member)),
  );
  await admin.post("/membership/drafts", { file: JSON.parse(text(encodeFile(roster))) as unknown });
}

/** A second request for material, which one custodian has approved already. */
async function requestOneMore(ivan: ApiClient, carl: ApiClient): Promise<void> {
  interface Offer {
    sha256: string;
    state: string;
    contributors: { held: boolean; member: { id: string; name: string } }[];
  }
  interface Request {
    id: string;
    state: string;
  }
  const { contributions } = await ivan.get<{ contributions: Offer[] }>("/contributions");
  const offered = contributions.find(
    ({ state, contributors }) => state === "offered" && contributors[0]?.held,
  );
  await ivan.post(`/contributions/${offered?.sha256 ?? ""}/request`, {
    member: offered?.contributors.find(({ member }) => member.name === "Hotline A")?.member.id,
    purpose: "Comparison with ICSE",
    legalBasis: "INTERPOL Rules on the Processing of Data, Article 10",
  });
  const waits = ({ requests }: { requests: Request[] }) => requests.some(({ state }) => state === "waiting");
  const { requests } = await until(carl, "/material-requests", waits);
  await carl.post(
    `/material-requests/${requests.find(({ state }) => state === "waiting")?.id ?? ""}/approve`,
  );
}

async function until<T>(person: ApiClient, path: string, met: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await person.get<T>(path);
    if (met(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** One browser window for each person, so that each signs in once. */
async function photograph(demo: Demo, browser: Browser): Promise<void> {
  const windows = new Map<string, Page>();
  for (const { name, member, person, arrange } of shots) {
    const key = `${member} ${person ?? ""}`;
    const page = windows.get(key) ?? (await (await browser.newContext({ viewport: size })).newPage());
    if (!windows.has(key)) {
      windows.set(key, page);
      const node = demo.federation.node(member);
      const password = node.people.find(({ signIn }) => signIn === person)?.password;
      if (person !== undefined && password !== undefined) await signInAt(page, node.url, person, password);
      else await page.goto(node.url);
    }
    await arrange(page);
    await page.mouse.move(0, 0);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const png = await sharp(await page.screenshot())
        .png({ palette: true, effort: 10, compressionLevel: 9 })
        .toBuffer();
      await writeFile(join(target, `${name}-${colorScheme}.png`), png);
      process.stdout.write(`${name}-${colorScheme}.png  ${Math.round(png.length / 1024)} KB\n`);
    }
  }
}

const folder = await mkdtemp(join(tmpdir(), "wardline-screenshots-"));
const siteFolder = join(folder, "site");
await mkdir(siteFolder);
await mkdir(target, { recursive: true });
await makeSite(siteFolder);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const demo = await startDemo({ folder: join(folder, "federation"), site: siteFolder, processes: true, say });
const browser = await launchBrowser();
try {
  await play(demo);
  await photograph(demo, browser);
} finally {
  await browser.close();
  await demo.stop();
  await rm(folder, { recursive: true, force: true });
}
