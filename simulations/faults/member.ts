/** The process of one member: a whole node, told by its parent what to say and asked what it has. */
import { hash } from "node:crypto";
import { encodeRecord, feedId, audienceNames } from "@wardline/protocol/adverts";
import { statementTypes, type PayloadOf } from "@wardline/protocol/statements";
import { loadConfiguration } from "../../node/configuration/index.ts";
import { received } from "../../node/federation/delivery/collections.ts";
import { feedStates } from "../../node/federation/feeds/collections.ts";
import { startNode } from "../../node/main.ts";
import { callingAs } from "../network/index.ts";
import type { Answers, Arrival, FeedSeen, Question, Standing } from "./messages.ts";
import type { Publication, Speech } from "./schedule.ts";

const [configurationFile = "", place = "0"] = process.argv.slice(2);
const node = await callingAs(Number(place), () => startNode(loadConfiguration(configurationFile)));
const { commit, federation, ledger } = node.services;

process.on("message", ({ number, question }: { number: number; question: Question }) => {
  answer(question).then(
    (value) => reply({ number, value }),
    (error: unknown) =>
      reply({ number, error: error instanceof Error ? String(error.stack) : String(error) }),
  );
});
// Nobody asks any more: the play was stopped.
process.on("disconnect", () => process.exit(0));
const reply = (message: unknown) => process.send?.(message);
reply({ ready: true });

async function answer(question: Question): Promise<Answers[Question["do"]]> {
  switch (question.do) {
    case "say":
      for (const speech of question.speeches) await say(speech, question.members);
      return;
    case "publish":
      return publish(question.publication);
    case "standing":
      return standing();
    case "feeds":
      return feeds();
    case "arrivals":
      return Promise.all(question.about.map(arrival));
    case "stop":
      await node.stop();
      setImmediate(() => process.exit(0));
  }
}

async function say({ type, to, about }: Speech, members: readonly string[]): Promise<void> {
  if ((await federation.deliveriesAbout(commit, about)).some((delivery) => delivery.type === type)) return;
  const recipients = to.map((one) => members[one] as string);
  await commit.run((unit) =>
    federation.say(unit, {
      type,
      to: recipients,
      payload: payloadOf(type, about),
      about,
      legalBasis: "test",
    }),
  );
}

/** The example of its type, about this report and with items of its own. */
function payloadOf<T extends Speech["type"]>(type: T, about: string): PayloadOf<T> {
  const report = { id: about, reference: `SIM-${about.slice(0, 8)}` };
  const example: object = statementTypes[type].example;
  const items = "items" in example ? (example.items as readonly object[]) : [];
  const own = items.map((item, index) => ({ ...item, id: hash("sha256", `${about} ${index}`).slice(0, 32) }));
  return { ...example, report, ...(own.length > 0 && { items: own }) } as unknown as PayloadOf<T>;
}

async function publish({ records, audience }: Publication): Promise<void> {
  const first = records[0];
  const held = first && (await federation.advert(commit, federation.self.id, first.id));
  const done = first?.action === "assert" ? held !== undefined : held?.withdrawn !== undefined;
  if (!done) await commit.run((unit) => federation.publish(unit, records, audience));
}

async function standing(): Promise<Standing> {
  const others = (await federation.membersView()).filter(({ self }) => !self);
  return {
    connected: others.filter(({ connected }) => connected).length,
    waiting: others.reduce((sum, { waiting }) => sum + waiting, 0),
    readOnly: node.readOnly?.code,
  };
}

async function feeds(): Promise<FeedSeen[]> {
  const live = new Map<string, string[]>();
  for await (const { author, audience, record } of federation.liveRecords()) {
    const feed = feedId(author, audience);
    const held = live.get(feed) ?? [];
    held.push(`${record.id} ${hash("sha256", encodeRecord(record))}`);
    live.set(feed, held);
  }
  const own = new Set(audienceNames.map((name) => feedId(federation.self.id, name)));
  const seen: FeedSeen[] = [];
  for await (const { key, value } of commit.list(feedStates)) {
    const feed = String(key[0]);
    const { epoch, height, hash: head } = value.head;
    const readers = own.has(feed) ? await federation.holdersOf(commit, feed, height) : [];
    seen.push({
      feed,
      author: value.author,
      head: `${epoch}/${height}/${head}`,
      frozen: value.frozen !== undefined,
      live: hash("sha256", (live.get(feed) ?? []).toSorted().join("\n")),
      missing: readers.filter(({ holds }) => !holds).map(({ member }) => member),
    });
  }
  return seen;
}

async function arrival(about: string): Promise<Arrival> {
  const said = await federation.deliveriesAbout(commit, about);
  const got = await Array.fromAsync(commit.list(received, { index: "about", prefix: [about] }));
  const entries = await Array.fromAsync(ledger.ofSubject(commit, about));
  return {
    about,
    sent: said.map(({ type, state }) => `${type} ${state}`),
    received: got.map(({ value }) => `${value.type} ${value.author} ${value.result}`),
    entries: entries.map(({ kind, detail }) =>
      kind.startsWith("statement.") ? `${kind} ${String(detail["type"])}` : kind,
    ),
  };
}
