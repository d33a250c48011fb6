/** What is kept of conversations: each with its parties, its messages, and how far each person here has read. */
import type { PayloadOf, Statement } from "@wardline/protocol/statements";
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import { derivedId } from "../references.ts";

type Payload = PayloadOf<"conversation.message">;
type ReportReference = NonNullable<Payload["report"]>;
export type MessageReference = NonNullable<Payload["references"]>[number];

export interface Conversation {
  id: string;
  /** Its number on the wire, chosen by whoever opened it. */
  number: string;
  /** As the first message names it. */
  report: ReportReference;
  /** Every member in it, this one included, in the order of their ids. They never change. */
  parties: string[];
  /** Whose message opened it here. */
  opener: string;
  started: number;
  last: number;
  messages: number;
  /** Messages of each member. */
  written: Record<string, number>;
}

export interface Message {
  statement: string;
  author: string;
  pseudonym: string;
  text: string;
  references: MessageReference[];
  handling: Pick<Statement["handling"], "marking" | "onward">;
  /** When its author signed it. */
  at: number;
}

/** Key: id. */
export const conversations = defineCollection<Conversation>("casework.conversations", {
  indexes: {
    last: (one) => [[one.last]],
    report: (one) => [[one.report.id, one.last]],
    number: (one) => [[one.number]],
    opener: (one) => [[one.opener]],
  },
});

/** Key: conversation, place in it from 1. */
export const messages = defineCollection<Message>("casework.messages", { writeOnce: true });

/** The place up to which somebody has read. Key: person, conversation. */
export const readMarks = defineCollection<number>("casework.read-marks");

/**
 * The id of a conversation on this node. Number, matter and parties make it together: a message of a member that is
 * no party, or with other addressees, is another conversation, and no answer to the first ever reaches its author.
 */
export function conversationId(number: string, report: string, parties: readonly string[]): string {
  return derivedId("conversation", number, report, ...parties);
}

/** @throws `casework/no-such-conversation` */
export async function requireConversation(reader: Reader, id: string): Promise<Conversation> {
  const conversation = await reader.get(conversations, id);
  if (conversation) return conversation;
  throw new WardlineError("casework/no-such-conversation", "There is no such conversation here.", {
    advice: "Go back to the list of conversations.",
  });
}

/**
 * Adds a message; the conversation with it.
 * @throws `casework/too-many-messages`: more of this author than `most`
 */
export function append(unit: Unit, before: Conversation, message: Message, most: number): Conversation {
  const { author } = message;
  const written = (before.written[author] ?? 0) + 1;
  if (written > most) throw tooManyMessages(most);
  const now: Conversation = {
    ...before,
    last: unit.now,
    messages: before.messages + 1,
    written: { ...before.written, [author]: written },
  };
  unit.put(messages, [now.id, now.messages], message);
  unit.put(conversations, [now.id], now);
  unit.announce({ topic: "conversation", id: now.id });
  return now;
}

const tooManyMessages = (most: number) =>
  new WardlineError(
    "casework/too-many-messages",
    `A conversation holds at most ${most} messages of one member.`,
    { advice: "Start another conversation about the same matter." },
  );
