/** What became of one copy of a message, in words: where it is, why it waits, or why it was refused and what to do then. */
import type { Delivery } from "../../federation/index.ts";

/** What keeps a copy waiting. */
const waiting: Record<string, (name: string) => string> = {
  "federation/membership-expired": () =>
    "Waiting: this node's membership files are out of date; it goes out as soon as they are renewed.",
  "envelope/recipient-not-active": (name) => `Waiting: ${name} is suspended or has left the federation.`,
  "envelope/no-sealing-key": (name) =>
    `Waiting: the sealing keys of ${name} have run out, since its node has been away for weeks; it goes out when its new card arrives.`,
  "peer/not-connected": (name) => `Waiting: ${name} cannot be reached now; it is sent as soon as it can be.`,
  "peer/busy": (name) => `Waiting: ${name} is busy; it is tried again.`,
  "federation/quarantined": (name) => `Waiting: ${name} has it, and opens it when its membership is fresh.`,
};

/** Why a copy was refused. */
const refused: Record<string, (name: string) => string> = {
  "casework/too-many-messages": (name) =>
    `${name} refused it: the conversation is full there. Start another one.`,
  "casework/too-many-conversations": (name) =>
    `${name} refused it: it takes no more conversations from here. Go on in an earlier one.`,
  "casework/message-without-matter": (name) => `${name} refused it: it names no report.`,
};

export function deliverySentence({ state, detail = "" }: Delivery, name: string): string {
  switch (state) {
    case "accepted":
    case "duplicate":
      return `${name} has it.`;
    case "unsupported":
      return `${name} has it, and its node cannot show messages before it is upgraded.`;
    case "rejected":
      return refused[detail]?.(name) ?? `${name} refused it (${detail}).`;
    case "waiting":
      if (detail === "") return `On its way to ${name}.`;
      return waiting[detail]?.(name) ?? `Waiting for ${name} (${detail}); it is tried again.`;
  }
}
