/** Conversations as the API shows them. */
import type { z } from "zod";
import type { Caller } from "../../accounts/index.ts";
import type { PlacedDelivery } from "../../federation/index.ts";
import type { Reader } from "../../store/index.ts";
import { labelOf, type Context } from "../context.ts";
import { waitsWith } from "../mailboxes.ts";
import { compact, without } from "../reading.ts";
import type { conversationDetail, conversationSummary, messageView } from "../views.ts";
import { conversations, messages, type Conversation, type Message } from "./collections.ts";
import { deliverySentence } from "./delivered.ts";
import { readUpTo } from "./marks.ts";
import { matterViewOf } from "./matters.ts";
import { referenceOf } from "./pointers.ts";

type Summary = z.infer<typeof conversationSummary>;
type MessageView = z.infer<typeof messageView>;

/** What a message is shown with. */
interface Around {
  context: Context;
  reader: Reader;
  conversation: Conversation;
  caller: Caller;
  /** The caller has read up to here. */
  upTo: number;
  deliveries: readonly PlacedDelivery[];
}

export async function summaryOf(
  context: Context,
  reader: Reader,
  conversation: Conversation,
  caller: Caller,
): Promise<Summary> {
  return without(await shown(context, reader, conversation, caller, 1, []), "messageList");
}

/** With its newest messages, `limit` at most. */
export async function conversationOf(
  context: Context,
  reader: Reader,
  conversation: Conversation,
  caller: Caller,
  limit: number,
): Promise<z.infer<typeof conversationDetail>> {
  const deliveries = await context.federation.deliveriesAbout(reader, conversation.report.id);
  return compact({
    ...(await shown(context, reader, conversation, caller, limit, deliveries)),
    note: await noteOn(reader, conversation),
    length: context.settings.conversations.messageLength,
  });
}

async function shown(
  context: Context,
  reader: Reader,
  conversation: Conversation,
  caller: Caller,
  limit: number,
  deliveries: readonly PlacedDelivery[],
): Promise<Summary & { messageList: MessageView[] }> {
  const { id, report, parties, started, last, messages: count } = conversation;
  const upTo = await readUpTo(reader, caller, id);
  const around = { context, reader, conversation, caller, upTo, deliveries };
  const messageList: MessageView[] = [];
  for (let number = Math.max(1, count - limit + 1); number <= count; number++) {
    const message = await reader.get(messages, id, number);
    if (message) messageList.push(await messageOf(around, message, number));
  }
  const others = parties.filter((party) => party !== context.self.id);
  return {
    id,
    matter: await matterViewOf(context, reader, report),
    parties: others.map((party) => labelOf(context, party)),
    started,
    last,
    messages: count,
    unread: count - upTo,
    latest: messageList.at(-1) as MessageView, // a conversation begins with its first message
    messageList,
  };
}

async function messageOf(around: Around, message: Message, number: number): Promise<MessageView> {
  const { context, reader, conversation, caller, upTo, deliveries } = around;
  const { statement, author, pseudonym, text, handling, at } = message;
  const own = author === context.self.id;
  return {
    number,
    author: labelOf(context, author),
    own,
    mine: own && pseudonym === caller.pseudonymFor(conversation.report.id),
    pseudonym,
    text,
    references: await Promise.all(
      message.references.map((one) => referenceOf(context, reader, one, conversation.report.id)),
    ),
    ...{ marking: handling.marking, onward: handling.onward, at },
    unread: number > upTo,
    deliveries: deliveries
      .filter((one) => one.statement === statement)
      .map((one) => {
        const to = labelOf(context, one.to);
        const sentences = [deliverySentence(one, to.name), waitsWith(context, one) ?? []].flat();
        return { to, state: one.state, sentence: sentences.join(" ") };
      }),
  };
}

/** Somebody who is no party has used its number, or its parties were mixed: a person should know. */
async function noteOn(reader: Reader, { number }: Conversation): Promise<string | undefined> {
  if ((await reader.count(conversations, { index: "number", prefix: [number] })) < 2) return undefined;
  return "Another conversation here bears the same number with other members in it. The two are kept apart: what is written here goes only to the members named here.";
}
