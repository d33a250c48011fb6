/** Messages written here: signed by the organisation, under a pseudonym that the writer has in this matter alone. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Statement } from "@wardline/protocol/statements";
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import { activeMember, type Context } from "../context.ts";
import { newId } from "../references.ts";
import {
  append,
  conversationId,
  messages,
  readMarks,
  requireConversation,
  type Conversation,
  type MessageReference,
} from "./collections.ts";
import { requireMatter } from "./matters.ts";

export interface Written {
  text: string;
  marking: Statement["handling"]["marking"];
  references: MessageReference[];
}

/**
 * Opens a conversation about a matter that is known here, with these members. Who is in it is fixed from then on.
 * @throws `casework/unknown-matter`, `casework/member-not-active`, `casework/too-many-parties`, and as `reply`
 */
export async function startConversation(
  context: Context,
  unit: Unit,
  { report, members }: { report: string; members: readonly string[] },
  written: Written,
  caller: Caller,
): Promise<Conversation> {
  const matter = await requireMatter(context, unit, report);
  const self = context.self.id;
  const others = [...new Set(members)].filter((id) => id !== self);
  const { mostParties } = context.settings.conversations;
  if (others.length === 0 || others.length >= mostParties) throw wrongNumber(mostParties);
  for (const id of others) if (!activeMember(context, id)) throw notActive();
  const number = newId(context.random);
  const parties = [self, ...others].sort();
  const conversation: Conversation = {
    ...{ id: conversationId(number, report, parties), number, report: matter.report, parties },
    ...{ opener: self, started: unit.now, last: unit.now, messages: 0, written: {} },
  };
  return say(context, unit, conversation, written, caller);
}

/**
 * Goes on in a conversation: to all of its parties.
 * @throws `casework/no-such-conversation`, `casework/message-too-long`, `casework/too-many-references`,
 * `casework/too-many-messages`, and `statement/unknown-member` when a party has left the roster
 */
export async function reply(
  context: Context,
  unit: Unit,
  id: string,
  written: Written,
  caller: Caller,
): Promise<Conversation> {
  return say(context, unit, await requireConversation(unit, id), written, caller);
}

async function say(
  context: Context,
  unit: Unit,
  before: Conversation,
  { text, marking, references }: Written,
  caller: Caller,
): Promise<Conversation> {
  const { messageLength, mostReferences, mostMessages } = context.settings.conversations;
  if ([...text].length > messageLength) throw tooLong(messageLength);
  if (references.length > mostReferences) throw tooManyReferences(mostReferences);
  const self = context.self.id;
  const { number, report, parties } = before;
  const pseudonym = caller.pseudonymFor(report.id);
  const to = parties.filter((id) => id !== self);
  const handling = { marking, onward: "none" as const };
  const last = before.messages === 0 ? undefined : await unit.get(messages, before.id, before.messages);
  const statement = await context.federation.say(unit, {
    type: "conversation.message",
    to,
    payload: { conversation: number, report, pseudonym, text, references },
    after: last ? [last.statement] : [],
    matter: report.id,
    about: report.id,
    handling,
  });
  unit.record({
    kind: "conversation.sent",
    subject: [report.id],
    actor: `person:${pseudonym}`,
    detail: { conversation: number, to, marking, references: references.length },
  });
  const message = { statement, author: self, pseudonym, text, references, handling, at: unit.now };
  const now = append(unit, before, message, mostMessages);
  await readOwn(unit, now, caller);
  return now;
}

/** Who has read everything so far has read their own message, too. */
async function readOwn(unit: Unit, { id, messages: last }: Conversation, { person }: Caller): Promise<void> {
  const upTo = (await unit.get(readMarks, person.id, id)) ?? 0;
  if (upTo === last - 1) unit.put(readMarks, [person.id, id], last);
}

const tooLong = (most: number) =>
  new WardlineError("casework/message-too-long", `A message has at most ${most} characters.`, {
    advice: "Say it in several messages, or shorter.",
  });

const tooManyReferences = (most: number) =>
  new WardlineError("casework/too-many-references", `A message points at ${most} things at most.`, {
    advice: "Name the rest in another message.",
  });

const wrongNumber = (most: number) =>
  new WardlineError(
    "casework/too-many-parties",
    `A conversation has at least one other member, and ${most} members at most with this one.`,
    { advice: "Choose whom the question concerns." },
  );

const notActive = () =>
  new WardlineError("casework/member-not-active", "One of these is not an active member of the federation.", {
    advice: "Choose again from the list of members.",
  });
