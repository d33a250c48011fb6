/** The secretariat gathers signatures under drafts, publishes what enough holders have signed, and shows what was found. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { text } from "@wardline/protocol/encoding";
import type { IdentitySecretKey } from "@wardline/protocol/identity";
import {
  buildRoot,
  encodeFile,
  signFile,
  type DraftType,
  type FederationFile,
} from "@wardline/protocol/roster";
import type { Caller } from "../../../node/accounts/index.ts";
import type { draftsView, draftView } from "../../../node/casework/index.ts";
import { amendRoster, renewFreshness } from "../../../node/federation/index.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import {
  cleanUp,
  connected,
  found,
  until,
  type Described,
  type TestFederation,
} from "../federation/support.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "./support.ts";

const HOUR = 3_600_000;
const roster: Described[] = [
  { name: "Secretariat", country: "international", kind: "secretariat" },
  { name: "Hotline A", country: "XA", kind: "hotline" },
];

let site: Site;
let federation: TestFederation;
let desk: TestMember;
let admin: Caller;

beforeEach(async () => {
  site = await startSite();
  federation = await found(roster, { ...systemClock, now: () => Date.now() - 3 * HOUR });
  desk = await start(0);
  admin = await desk.person("Adele", "administrator");
});
afterEach(async () => {
  await cleanUp();
  await site.stop();
});

async function start(index: number): Promise<TestMember> {
  const place = federation.places[index];
  if (!place) throw new Error("no such member");
  return startMember(place, { kind: roster[index]?.kind ?? "hotline", site, settings: {}, hostedIn: "XB" });
}

const json = (file: FederationFile): unknown => JSON.parse(text(encodeFile(file)));
const bring = (file: FederationFile) =>
  desk.call(admin, "POST", "/membership/drafts", { file: json(file) }) as Promise<View<typeof draftView>>;
const waiting = async () =>
  ((await desk.call(admin, "GET", "/membership/drafts")) as View<typeof draftsView>).drafts;
const publish = (type: DraftType) => desk.call(admin, "POST", `/membership/drafts/${type}/publish`);
const trust = () => desk.federation.trust();

function signed(type: DraftType, bytes: Uint8Array, keys: readonly (IdentitySecretKey | undefined)[]) {
  const { federationId } = trust();
  return {
    bytes,
    signatures: keys.flatMap((key) => (key ? [signFile(type, bytes, federationId, key)] : [])),
  };
}

/** The next roster: Hotline A has another telephone. */
const nextRoster = (contact = "+46 8 000") =>
  amendRoster(trust(), [], Date.now() - 2 * HOUR, (members) =>
    members.map((entry) => (entry.name === "Hotline A" ? { ...entry, contact } : entry)),
  ).bytes;

describe("a draft of the roster", () => {
  test("says what it changes, counts keys and countries, and is published to the others when complete", async () => {
    const { registrars } = federation.files;
    const hotline = await start(1);
    await until("they have met", () => connected(hotline, desk));
    const bytes = nextRoster();
    const draft = await bring({ bytes, signatures: [] });
    expect(draft.words).toMatch(/^([a-z]{5} ){11}[a-z]{5}$/);
    expect(draft.changes).toMatchObject([
      {
        kind: "changed",
        of: "member",
        name: "Hotline A",
        facts: [{ fact: "contact", before: "", after: "+46 8 000" }],
      },
    ]);
    expect(draft.signing).toMatchObject([
      { role: "registrars", threshold: 2, jurisdictions: 2, complete: false },
    ]);
    await expect(publish("roster")).rejects.toMatchObject({ code: "roster/threshold" });
    const one = await bring(signed("roster", bytes, [registrars[0]]));
    expect(one.signing[0]?.signers.map(({ signed: has }) => has)).toEqual([true, false, false]);
    const both = await bring(signed("roster", bytes, [registrars[1]]));
    expect(both).toMatchObject({ complete: true });
    await publish("roster");
    expect(await waiting()).toEqual([]);
    await until("the hotline has it", () => hotline.federation.trust().roster?.value.version === 2);
    expect(hotline.federation.self.contact).toBe("+46 8 000");
  });

  test("can be handed to a signer, and put away", async () => {
    const bytes = nextRoster();
    await bring({ bytes, signatures: [] });
    expect(await desk.call(admin, "GET", "/membership/drafts/roster/file")).toEqual(
      json({ bytes, signatures: [] }),
    );
    await expect(bring({ bytes: nextRoster("another"), signatures: [] })).rejects.toMatchObject({
      code: "desks/draft-waits",
    });
    await desk.call(admin, "DELETE", "/membership/drafts/roster");
    expect(await waiting()).toEqual([]);
    await expect(publish("roster")).rejects.toMatchObject({ code: "desks/no-such-draft" });
  });

  test("takes no signature of a stranger, of another file, or of a holder of another role", async () => {
    const { registrars, rootKeys } = federation.files;
    const bytes = nextRoster();
    const elsewhere = signed("roster", nextRoster("another"), [registrars[0]]);
    const wrong = [
      signed("roster", bytes, [rootKeys[0]]),
      { bytes, signatures: elsewhere.signatures },
      signed("freshness", bytes, [registrars[0]]),
    ];
    for (const file of wrong)
      await expect(bring(file)).rejects.toMatchObject({ code: "desks/bad-signature" });
    expect(await waiting()).toEqual([]);
  });

  test("that another roster has overtaken says so", async () => {
    const { registrars } = federation.files;
    await bring({ bytes: nextRoster(), signatures: [] });
    const file = amendRoster(trust(), registrars, Date.now(), (members) => members);
    await desk.federation.acceptFiles([{ kind: "roster", file }]);
    expect(await waiting()).toMatchObject([{ refused: "roster/rollback" }]);
  });
});

test("the next root needs the holders of the root in force and its own", async () => {
  const { rootKeys } = federation.files;
  const held = trust().roots[0]?.value;
  if (!held) throw new Error("no root");
  const keys = held.root.keys.slice(0, 4);
  const bytes = buildRoot({ ...held, version: 2, created: Date.now(), root: { ...held.root, keys } });
  const draft = await bring(signed("root", bytes, [rootKeys[0], rootKeys[1], rootKeys[4]]));
  expect(draft.changes).toMatchObject([{ kind: "removed", of: "root-key", name: "software key 5" }]);
  expect(draft.signing.map(({ role, complete }) => [role, complete])).toEqual([
    ["root", false],
    ["next-root", false],
  ]);
  await bring(signed("root", bytes, [rootKeys[2]]));
  expect(await waiting()).toMatchObject([{ complete: true }]);
  await publish("root");
  expect(trust().roots).toHaveLength(2);
});

test("what is no draft is refused", async () => {
  const junk = { bytes: new TextEncoder().encode("not a file"), signatures: [] };
  await expect(bring(junk)).rejects.toMatchObject({ code: "desks/not-a-draft" });
});

test("evidence is found: two rosters of one version, an old one shown again, one country's signatures alone", async () => {
  const { registrars, freshnessKeys } = federation.files;
  const accept = (kind: "roster" | "freshness", file: FederationFile) =>
    desk.federation.acceptFiles([{ kind, file }]);
  const first = trust().roster?.file;
  if (!first) throw new Error("no roster");
  const stale = renewFreshness(trust(), freshnessKeys, Date.now() - 20 * HOUR);
  await accept("roster", signed("roster", nextRoster(), registrars));
  await accept("roster", first);
  await accept("freshness", stale);
  await accept("roster", signed("roster", nextRoster("alone"), [registrars[0]]));
  await accept("roster", { bytes: nextRoster("unsigned"), signatures: [] });
  const kinds = async () => (await desk.federation.findings(desk.commit)).map(({ code }) => code).toSorted();
  expect(await kinds()).toEqual(["roster/rollback", "roster/rollback", "roster/threshold"]);
  const twin = amendRoster(
    { ...trust(), roster: { file: first, value: federation.files.trust.roster?.value as never } },
    registrars,
    Date.now(),
    (members) => members,
  );
  await accept("roster", twin);
  const [dispute] = await desk.federation.findings(desk.commit);
  expect(dispute).toMatchObject({
    code: "roster/two-of-one-version",
    file: "roster",
    version: 2,
    stops: true,
  });
});
