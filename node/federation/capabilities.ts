/** What the roster lets a member do on the network. `orphan` is a mandate, read by `jurisdiction`, and limits nothing here. */
import type { MemberId } from "@wardline/protocol/identity";
import { member, type Trust } from "@wardline/protocol/roster";

/** protocol/README.md §4 says what each allows. */
export type Capability = "send" | "receive" | "witness" | "mailbox" | "relay" | "material";

/** As of the roster held now. */
export function can(trust: Trust, id: MemberId, capability: Capability): boolean {
  return member(trust, id)?.capabilities.includes(capability) ?? false;
}
