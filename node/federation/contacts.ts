/** When members were last met. Those never met are not admitted while the state of membership is stale. */
import type { MemberId } from "@wardline/protocol/identity";
import type { Commit } from "../commit/index.ts";
import { defineCollection } from "../store/index.ts";

/** Key: member. Milliseconds. */
const contacts = defineCollection<{ readonly last: number }>("federation.contacts");

export interface Contacts {
  isKnown(member: MemberId): boolean;
  last(member: MemberId): number | undefined;
  /** Notes a sign of life; written down at most every few minutes. */
  met(member: MemberId, now: number): void;
}

const WRITE_EVERY = 5 * 60_000;

export async function openContacts(commit: Commit): Promise<Contacts> {
  const last = new Map<MemberId, number>();
  const written = new Map<MemberId, number>();
  for await (const { key, value } of commit.list(contacts)) last.set(String(key[0]), value.last);
  return {
    isKnown: (member) => last.has(member),
    last: (member) => last.get(member),
    met(member, now) {
      last.set(member, now);
      if (now - (written.get(member) ?? 0) < WRITE_EVERY) return;
      written.set(member, now);
      // A sign of life that is lost with a crash is no loss.
      commit.run((unit) => unit.put(contacts, [member], { last: now })).catch(() => undefined);
    },
  };
}
