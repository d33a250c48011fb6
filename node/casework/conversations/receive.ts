/** Messages of other members. Whatever a member of the federation writes about a matter is shown, also where it is not known. */
import { WardlineError } from "@wardline/protocol/encoding";
import { readPayload, type SignedStatement } from "@wardline/protocol/statements";
import type { Unit } from "../../commit/index.ts";
import type { Context } from "../context.ts";
import { append, conversationId, conversations, type Conversation } from "./collections.ts";

/** Once, before the federation starts. */
export function registerConversations(context: Context): void {
  context.federation.handle("conversation.message", {
    apply: (unit, { signed }) => receiveMessage(context, unit, signed),
  });
}

/** @throws `casework/message-without-matter`, `casework/too-many-messages`, `casework/too-many-conversations` */
async function receiveMessage(context: Context, unit: Unit, { statement }: SignedStatement): Promise<void> {
  const { author, to, handling, created } = statement;
  const payload = readPayload(statement, "conversation.message");
  const { conversation: number, report, pseudonym, text, references = [] } = payload;
  if (!report) throw withoutMatter();
  const parties = [author, ...to].sort();
  const id = conversationId(number, report.id, parties);
  const known = await unit.get(conversations, id);
  if (!known) await checkRoom(context, unit, author);
  const first: Conversation = {
    ...{ id, number, report, parties },
    ...{ opener: author, started: unit.now, last: unit.now, messages: 0, written: {} },
  };
  const { marking, onward } = handling;
  const message = { statement: statement.id, author, pseudonym, text, references, at: created };
  const { mostMessages } = context.settings.conversations;
  append(unit, known ?? first, { ...message, handling: { marking, onward } }, mostMessages);
  unit.record({
    kind: "conversation.received",
    subject: [report.id],
    actor: author,
    detail: { conversation: number, member: author, marking, references: references.length },
  });
}

async function checkRoom({ settings }: Context, unit: Unit, opener: string): Promise<void> {
  const most = settings.conversations.mostConversations;
  if ((await unit.count(conversations, { index: "opener", prefix: [opener] })) < most) return;
  throw new WardlineError(
    "casework/too-many-conversations",
    `A member can open at most ${most} conversations here.`,
    { advice: "Go on in an earlier conversation." },
  );
}

const withoutMatter = () =>
  new WardlineError("casework/message-without-matter", "A message must name the report that it is about.");
