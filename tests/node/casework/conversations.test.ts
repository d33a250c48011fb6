/** What organisations write to each other about a matter: between real nodes, through the routes that people use. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { statementTypes } from "@wardline/protocol/statements";
import type { Caller } from "../../../node/accounts/index.ts";
import type {
  conversationDetail,
  conversationSummary,
  custodyView,
  matterView,
  memberLabel,
  pointerView,
} from "../../../node/casework/index.ts";
import { startMember, startSite, type Site, type TestMember, type View } from "../desks/support.ts";
import { record } from "../federation/adverts.ts";
import { cleanUp, found, newId, until, type Described, type Place } from "../federation/support.ts";

type Detail = View<typeof conversationDetail>;
type Pointer = View<typeof pointerView>;
type List = { conversations: View<typeof conversationSummary>[]; next?: string };

const roster: Described[] = [
  { name: "Hotline A", country: "XA", kind: "hotline" },
  { name: "Hotline B", country: "XB", kind: "hotline" },
  { name: "Hotline C", country: "XC", kind: "hotline" },
  { name: "Police B", country: "XB", kind: "lea" },
  { name: "INTERPOL", country: "international", kind: "interpol" },
  { name: "Secretariat", country: "international", kind: "secretariat" },
];

let site: Site;
let places: Place[];
let a: TestMember;
let b: TestMember;
let anna: Caller;
let bob: Caller;
const started = new Set<TestMember>();

beforeEach(async () => {
  site = await startSite();
  places = [...(await found(roster)).places];
  [a, b] = await Promise.all([start(0), start(1)]);
  [anna, bob] = [await a.person("Anna Analyst", "analyst"), await b.person("Bob Analyst", "analyst")];
});
afterEach(async () => {
  for (const member of started) await member.stop();
  started.clear();
  await cleanUp();
  await site.stop();
});

async function start(index: number, casework: Record<string, unknown> = {}): Promise<TestMember> {
  const kind = roster[index]?.kind ?? "hotline";
  const member = await startMember(places[index] as Place, { kind, site, settings: { casework } });
  started.add(member);
  return member;
}

async function stop(member: TestMember): Promise<void> {
  started.delete(member);
  await member.stop();
}

const idOf = (index: number) => places[index]?.memberId ?? "";

/** A report at A. What becomes of its capture does not matter here. */
async function reportAtA(): Promise<{ id: string; reference: string }> {
  const url = `${site.origin}/${newId()}.html`;
  return (await a.call(anna, "POST", "/reports", { url, source: "analyst" })) as never;
}

const list = async (at: TestMember, who: Caller, query = "") =>
  (await at.call(who, "GET", `/conversations${query}`)) as List;
const unread = async (at: TestMember, who: Caller) =>
  ((await at.call(who, "GET", "/conversations/unread")) as { conversations: number }).conversations;
const open = async (at: TestMember, who: Caller, id: string) =>
  (await at.call(who, "GET", `/conversations/${id}`)) as Detail;
const ask = async (report: string, members: number[], text = "Is this yours?", more: object = {}) =>
  (await a.call(anna, "POST", "/conversations", {
    ...{ report, members: members.map(idOf), text },
    ...more,
  })) as Detail;
const write = async (at: TestMember, who: Caller, id: string, text: string) =>
  (await at.call(who, "POST", `/conversations/${id}/messages`, { text })) as Detail;

/** The only conversation there, once it holds so many messages. */
async function arrived(at: TestMember, who: Caller, messages = 1): Promise<Detail> {
  await until(`${messages} messages are there`, async () =>
    (await list(at, who)).conversations.some((one) => one.messages === messages),
  );
  const [only, ...others] = (await list(at, who)).conversations;
  expect(others).toEqual([]);
  return open(at, who, only?.id ?? "");
}

/** What the first copy of the last message says of itself, once it is settled. */
async function settled(id: string): Promise<Detail["latest"]["deliveries"]> {
  const deliveries = async () => (await open(a, anna, id)).latest.deliveries;
  await until("receipted", async () => (await deliveries()).every(({ state }) => state !== "waiting"));
  return deliveries();
}

describe("a conversation", () => {
  test("goes between its members both ways, and to nobody else", async () => {
    const [c, police] = [await start(2), await start(3)];
    const olga = await police.person("Olga Officer", "officer");
    const { id: report, reference } = await reportAtA();
    const sha256 = "ab".repeat(32);
    const opened = await ask(report, [1, 3], "Is the second page yours?", {
      marking: "red",
      references: [{ kind: "item", sha256 }],
    });
    expect(opened).toMatchObject({
      matter: { report, reference, where: "report", id: report },
      messages: 1,
      unread: 0,
      latest: { own: true, mine: true, marking: "red", onward: "none" },
    });

    const atB = await arrived(b, bob);
    expect(atB.matter).toEqual({ report, reference, where: "unknown" });
    expect(atB.parties.map(({ name }) => name).sort()).toEqual(["Hotline A", "Police B"]);
    expect(atB.latest).toMatchObject({
      author: { name: "Hotline A" },
      ...{ own: false, mine: false, unread: true },
      ...{ text: "Is the second page yours?", marking: "red", references: [{ kind: "item", sha256 }] },
    });
    await write(b, bob, atB.id, "Yes, since May.");

    const atPolice = await arrived(police, olga, 2);
    expect(atPolice.messageList.map(({ text }) => text).sort()).toEqual([
      "Is the second page yours?",
      "Yes, since May.",
    ]);
    await write(police, olga, atPolice.id, "We have it.");
    const atA = await arrived(a, anna, 3);
    expect(atA.messageList.map(({ author }) => author.name).sort()).toEqual([
      "Hotline A",
      "Hotline B",
      "Police B",
    ]);
    const sentences = async () =>
      (await open(a, anna, atA.id)).messageList[0]?.deliveries.map(({ sentence }) => sentence).sort();
    await until(
      "both receipts are in",
      async () => !(await sentences())?.some((one) => !one.includes("has")),
    );
    expect(await sentences()).toEqual(["Hotline B has it.", "Police B has it."]);
    expect((await list(c, await c.person("Cleo Analyst", "analyst"))).conversations).toEqual([]);
  });

  test("names the organisation and a pseudonym, never a person", async () => {
    const { id: report } = await reportAtA();
    await ask(report, [1]);
    const { latest } = await arrived(b, bob);
    expect(latest.pseudonym).toBe(anna.pseudonymFor(report));
    const [delivery] = (await a.federation.deliveriesAbout(a.commit, report)).filter(
      ({ type }) => type === "conversation.message",
    );
    const kept = await b.federation.received(b.commit, delivery?.statement ?? "");
    const said = Buffer.from(kept?.bytes ?? []).toString("utf8");
    expect(said).toContain("Is this yours?");
    for (const word of ["Anna", "anna", anna.person.id]) expect(said).not.toContain(word);
    const colleague = await a.person("Arne Analyst", "senior");
    const [atA] = (await list(a, colleague)).conversations;
    expect(atA?.latest).toMatchObject({ own: true, mine: false });
  });

  test("is unread for each person until that person has read it", async () => {
    const berta = await b.person("Berta Analyst", "analyst");
    const { id: report } = await reportAtA();
    const opened = await ask(report, [1]);
    const { id } = await arrived(b, bob);
    await write(a, anna, opened.id, "And the third?");
    await arrived(b, bob, 2);
    expect([await unread(b, bob), await unread(b, berta)]).toEqual([1, 1]);
    await b.call(bob, "POST", `/conversations/${id}/read`, { upTo: 1 });
    expect((await open(b, bob, id)).messageList.map((one) => one.unread)).toEqual([false, true]);
    await b.call(bob, "POST", `/conversations/${id}/read`, { upTo: 99 });
    await b.call(bob, "POST", `/conversations/${id}/read`, { upTo: 1 });
    expect([await unread(b, bob), await unread(b, berta), await unread(a, anna)]).toEqual([0, 1, 0]);
    await write(b, bob, id, "That, too.");
    expect([await unread(b, bob), (await open(b, berta, id)).unread]).toEqual([0, 3]);
  });

  test("waits for a member that is away, says so, and arrives", async () => {
    await stop(b);
    const { id: report } = await reportAtA();
    const { id } = await ask(report, [1]);
    await until("it is said that B is away", async () =>
      ((await open(a, anna, id)).latest.deliveries[0]?.sentence ?? "").includes("cannot be reached"),
    );
    b = await start(1);
    bob = await b.person("Bob Analyst", "analyst");
    expect((await arrived(b, bob)).latest.text).toBe("Is this yours?");
    // Accepted, or a duplicate when the first receipt was lost with a connection that gave way to another.
    const state = expect.stringMatching(/^(accepted|duplicate)$/u);
    expect(await settled(id)).toMatchObject([{ state, sentence: "Hotline B has it." }]);
  });

  test("carries foreign markup as what it is: text", async () => {
    const text = `<img src=x onerror="alert(1)"><b>bold</b>\u202Eeman & "quotes"`;
    const { id: report } = await reportAtA();
    await ask(report, [1], text);
    expect((await arrived(b, bob)).latest.text).toBe(text);
  });

  test("is in the record on both sides, without its words", async () => {
    const { id: report } = await reportAtA();
    const { id } = await ask(report, [1]);
    await arrived(b, bob);
    await settled(id);
    const custodyAt = async (at: TestMember, who: Caller) =>
      (await at.call(who, "GET", `/custody/${report}`)) as View<typeof custodyView>;
    const atA = await custodyAt(a, anna);
    const atB = await custodyAt(b, bob);
    expect([atA.verified, atB.verified]).toEqual([true, true]);
    expect(atA.entries.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^A message to Hotline B was written by a person of this organisation/u),
        "The message was signed and queued for Hotline B.",
        "Hotline B receipted the message: accepted.",
      ]),
    );
    expect(atB.entries.map(({ sentence }) => sentence)).toContain("A message of Hotline A arrived.");
    expect(JSON.stringify([atA, atB])).not.toContain("Is this yours?");
  });

  test("is found by its report, and page by page", async () => {
    const [one, two] = [await reportAtA(), await reportAtA()];
    const ids = [];
    for (const { id } of [one, two, one]) {
      const { id: opened, last } = await ask(id, [1]);
      ids.push(opened);
      await until("the clock has moved", async () => Date.now() > last);
    }
    const idsOf = ({ conversations }: List) => conversations.map(({ id }) => id);
    expect(idsOf(await list(a, anna, `?report=${one.id}`))).toEqual([ids[2], ids[0]]);
    const first = await list(a, anna, "?limit=2");
    expect(idsOf(first)).toEqual([ids[2], ids[1]]);
    expect(idsOf(await list(a, anna, `?limit=2&after=${first.next}`))).toEqual([ids[0]]);
  });
});

describe("what a message points at", () => {
  const pointersAt = async (at: TestMember, who: Caller, report: string) =>
    ((await at.call(who, "GET", `/conversations/matter/${report}/pointers`)) as { pointers: Pointer[] })
      .pointers;

  test("is chosen among what is known of the matter, and linked by each reader to the own record of it", async () => {
    const [police, interpol] = [await start(3), await start(4)];
    const [olga, ivan] = [
      await police.person("Olga Officer", "officer"),
      await interpol.person("Ivan Officer", "officer"),
    ];
    const { id, reference } = await reportAtA();
    const report = { id, reference };
    const { "lea.escalation": lea, "icse.contribution": icse } = statementTypes;
    const escalation = lea.payload.parse({ ...lea.example, report });
    const offer = icse.payload.parse({ ...icse.example, report });
    const sha256 = escalation.items[0]?.digests.sha256 ?? "";
    expect(offer.items[0]?.digests.sha256).toBe(sha256);
    const advertised = record({ digests: { sha256, quality: 100 } });
    await a.commit.run(async (unit) => {
      await a.federation.say(unit, {
        ...{ type: "lea.escalation", to: [idOf(3)], payload: escalation, about: id },
      });
      await a.federation.say(unit, { type: "icse.contribution", to: [idOf(4)], payload: offer, about: id });
      await a.federation.publish(unit, [advertised], "members");
    });
    expect((await pointersAt(a, anna, id)).map(({ reference: { kind } }) => kind)).toEqual(["report"]);
    const item = { kind: "item", sha256 };
    const knownAt = async (at: TestMember, who: Caller) =>
      (await pointersAt(at, who, id).catch(() => [])).find(({ reference: { kind } }) => kind === "item");
    for (const [at, who, where] of [
      [police, olga, "escalation"],
      [interpol, ivan, "contribution"],
    ] as const) {
      await until(`the item is known: ${where}`, async () => (await knownAt(at, who)) !== undefined);
      expect(await knownAt(at, who)).toMatchObject({
        reference: item,
        shown: { kind: "item", place: { where } },
      });
    }
    const advert = { kind: "advert", author: idOf(0), record: advertised.id, sha256 };
    await until(
      "B has the hash record",
      async () => (await b.federation.adverts(b.commit, sha256)).length > 0,
    );
    const notice = { kind: "notice", by: idOf(0), report, sentAt: 1_780_272_000_000 };
    const material = { kind: "material", request: newId(), sha256 };
    const references = [{ kind: "report", report }, item, advert, notice, material];
    await ask(id, [1, 3, 4], "All of these.", { references });

    const shownAt = async (at: TestMember, who: Caller) =>
      (await arrived(at, who)).latest.references.map(({ kind, place }) => [kind, place?.where]);
    expect(await shownAt(b, bob)).toEqual([
      ["report", undefined],
      ["item", "advert"],
      ["advert", "advert"],
      ["notice", undefined],
      ["material", undefined],
    ]);
    const [named] = (await arrived(b, bob)).latest.references;
    expect(named?.report).toEqual({ report: id, reference, where: "unknown" });
    expect((await shownAt(police, olga)).slice(0, 2)).toEqual([
      ["report", "escalation"],
      ["item", "escalation"],
    ]);
    expect((await shownAt(interpol, ivan)).slice(0, 2)).toEqual([
      ["report", "contribution"],
      ["item", "contribution"],
    ]);
    expect(await pointersAt(b, bob, id)).toEqual([]);
  });

  test("of a kind that nobody knows, or without its name, is refused", async () => {
    const { id } = await reportAtA();
    for (const wrong of [{ kind: "picture" }, { kind: "material", request: newId() }, { kind: "notice" }])
      await expect(ask(id, [1], "x", { references: [wrong] })).rejects.toThrow();
    expect((await list(a, anna)).conversations).toEqual([]);
  });
});

describe("a message that does not belong", () => {
  /** Says it from outside of A's own conversations; the code of B's refusal, or that it accepted. */
  async function said(by: TestMember, payload: Record<string, unknown>, to = [idOf(1)]): Promise<string> {
    const about = newId();
    const whole = statementTypes["conversation.message"].payload.parse({
      ...{ conversation: newId(), pseudonym: "p", text: "x" },
      ...payload,
    });
    await by.commit.run((unit) =>
      by.federation.say(unit, { type: "conversation.message", to, payload: whole, about }),
    );
    const first = async () => (await by.federation.deliveriesAbout(by.commit, about))[0];
    await until("B has answered", async () => (await first())?.state !== "waiting");
    const delivery = await first();
    return delivery?.detail ?? delivery?.state ?? "";
  }

  test("from no party of the conversation: is shown apart, and gets no answer of the others", async () => {
    const c = await start(2);
    const { id: report, reference } = await reportAtA();
    await ask(report, [1]);
    const atB = await arrived(b, bob);
    const number = await numberOf(report);
    expect(await said(c, { conversation: number, report: { id: report, reference } })).toBe("accepted");
    const { conversations } = await list(b, bob);
    expect(conversations).toHaveLength(2);
    const stranger = conversations.find(({ id }) => id !== atB.id);
    expect(stranger?.parties.map(({ name }) => name)).toEqual(["Hotline C"]);
    for (const { id } of conversations)
      expect((await open(b, bob, id)).note).toContain("bears the same number");
    await write(b, bob, atB.id, "To A alone.");
    expect((await arrived(a, anna, 2)).note).toBeUndefined();
    expect((await list(c, await c.person("Cleo Analyst", "analyst"))).conversations).toEqual([]);
  });

  /** The number that A's message bears on the wire. */
  async function numberOf(report: string): Promise<string> {
    const [delivery] = (await a.federation.deliveriesAbout(a.commit, report)).filter(
      ({ type }) => type === "conversation.message",
    );
    const kept = await b.federation.received(b.commit, delivery?.statement ?? "");
    const { payload } = JSON.parse(Buffer.from(kept?.bytes ?? []).toString("utf8")) as {
      payload: { conversation: string };
    };
    return payload.conversation;
  }

  test("without a matter, or one too many: is refused, and its sender reads why", async () => {
    expect(await said(a, {})).toBe("casework/message-without-matter");
    await stop(b);
    b = await start(1, { conversations: { mostMessages: 1, mostConversations: 1 } });
    bob = await b.person("Bob Analyst", "analyst");
    const { id: report } = await reportAtA();
    const { id } = await ask(report, [1]);
    await arrived(b, bob);
    await write(a, anna, id, "One more.");
    expect(await settled(id)).toMatchObject([
      { state: "rejected", sentence: expect.stringContaining("the conversation is full there") as string },
    ]);
    const other = await ask((await reportAtA()).id, [1]);
    expect(await settled(other.id)).toMatchObject([
      {
        state: "rejected",
        sentence: expect.stringContaining("takes no more conversations from here") as string,
      },
    ]);
    expect((await arrived(b, bob)).messages).toBe(1);
  });
});

describe("what a person writes", () => {
  test("is refused when it is too long, points at too much, or has nobody to go to", async () => {
    await stop(a);
    const limits = { messageLength: 10, mostReferences: 1, mostParties: 2, mostMessages: 1 };
    a = await start(0, { conversations: limits });
    anna = await a.person("Anna Analyst", "analyst");
    const { id } = await reportAtA();
    const code = (asked: Promise<unknown>) =>
      asked.then(
        () => "",
        (error: { code?: string }) => error.code ?? "schema",
      );
    expect(await code(ask(id, [1], "x".repeat(11)))).toBe("casework/message-too-long");
    expect(await code(ask(id, [1], "   "))).toBe("schema");
    const item = { kind: "item", sha256: "ab".repeat(32) };
    expect(await code(ask(id, [1], "x", { references: [item, item] }))).toBe("casework/too-many-references");
    expect(await code(ask(id, [0], "x"))).toBe("casework/too-many-parties");
    expect(await code(ask(id, [1, 2], "x"))).toBe("casework/too-many-parties");
    expect(await code(ask(newId(), [1], "x"))).toBe("casework/unknown-matter");
    const stranger = { report: id, members: [newId()], text: "x" };
    expect(await code(a.call(anna, "POST", "/conversations", stranger))).toBe("casework/member-not-active");
    expect(await code(write(a, anna, newId(), "x"))).toBe("casework/no-such-conversation");
    expect((await list(a, anna)).conversations).toEqual([]);
    const opened = await ask(id, [1], "x");
    expect(await code(write(a, anna, opened.id, "y"))).toBe("casework/too-many-messages");
  });

  test("is about what the desk knows: a report, an escalation, a contribution", async () => {
    const [police, interpol] = [await start(3), await start(4)];
    const olga = await police.person("Olga Officer", "officer");
    const ivan = await interpol.person("Ivan Officer", "officer");
    const { id, reference } = await reportAtA();
    const report = { id, reference };
    const { "lea.escalation": lea, "icse.contribution": icse } = statementTypes;
    const escalation = lea.payload.parse({ ...lea.example, report });
    const offer = icse.payload.parse({ ...icse.example, report });
    await a.commit.run(async (unit) => {
      await a.federation.say(unit, {
        ...{ type: "lea.escalation", to: [idOf(3)], payload: escalation, about: id },
      });
      await a.federation.say(unit, { type: "icse.contribution", to: [idOf(4)], payload: offer, about: id });
    });
    const matter = async (at: TestMember, who: Caller) =>
      (await at.call(who, "GET", `/conversations/matter/${id}`).catch(() => undefined)) as
        { matter: View<typeof matterView>; members: View<typeof memberLabel>[] } | undefined;
    for (const [at, who, where] of [
      [police, olga, "escalation"],
      [interpol, ivan, "contribution"],
    ] as const) {
      await until(`${where} is known`, async () => (await matter(at, who)) !== undefined);
      const known = await matter(at, who);
      expect(known).toMatchObject({
        matter: { report: id, reference, where },
        members: [{ name: "Hotline A" }],
      });
      const body = { report: id, members: [idOf(0)], text: `From ${where}` };
      await at.call(who, "POST", "/conversations", body);
    }
    await until("both are at A", async () => (await list(a, anna)).conversations.length === 2);
    expect((await list(a, anna)).conversations.map(({ matter: { where } }) => where)).toEqual([
      "report",
      "report",
    ]);
  });

  test("reaches the secretariat, which answers although it knows no report", async () => {
    const secretariat = await start(5);
    const sina = await secretariat.person("Sina Secretary", "triage");
    const { id: report } = await reportAtA();
    await ask(report, [5], "Who is the duty desk of B?");
    const there = await arrived(secretariat, sina);
    expect(there.matter.where).toBe("unknown");
    await write(secretariat, sina, there.id, "It is on the roster.");
    expect((await arrived(a, anna, 2)).latest).toMatchObject({ author: { name: "Secretariat" } });
  });
});
