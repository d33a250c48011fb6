/** How far each person has read. Nobody else learns of it, here or elsewhere. */
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { Reader } from "../../store/index.ts";
import { conversations, readMarks, requireConversation } from "./collections.ts";

/** Conversations looked at for the number in the navigation: what lies further back is not news. */
const recent = 500;

export const readUpTo = async (reader: Reader, { person }: Caller, conversation: string): Promise<number> =>
  (await reader.get(readMarks, person.id, conversation)) ?? 0;

/** Moves the caller's mark forward, never back. @throws `casework/no-such-conversation` */
export async function markRead(unit: Unit, id: string, upTo: number, caller: Caller): Promise<void> {
  const { messages } = await requireConversation(unit, id);
  const before = await readUpTo(unit, caller, id);
  const now = Math.min(upTo, messages);
  if (now <= before) return;
  unit.put(readMarks, [caller.person.id, id], now);
  unit.announce({ topic: "conversation", id });
}

/** How many of the recent conversations hold something that the caller has not read. */
export async function countUnread(reader: Reader, caller: Caller): Promise<number> {
  let unread = 0;
  for await (const { value } of reader.list(conversations, { index: "last", reverse: true, limit: recent }))
    if ((await readUpTo(reader, caller, value.id)) < value.messages) unread++;
  return unread;
}
