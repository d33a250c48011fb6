/** Feeds: each member writes one for each audience. */
import { hex, pae, sha256, unhex, utf8 } from "../encoding/index.ts";
import type { MemberKind } from "../roster/index.ts";

/** Which kinds read a feed; its author always does. */
export const audiences = {
  members: ["hotline", "lea", "interpol", "secretariat"],
  "hotlines-and-police": ["hotline", "lea"],
  "police-and-interpol": ["lea", "interpol"],
} as const satisfies Record<string, readonly MemberKind[]>;
export type Audience = keyof typeof audiences;

/** The id of a member's feed for an audience, 32 bytes as hexadecimal. */
export function feedId(author: string, audience: Audience): string {
  return hex(sha256(pae("wardline/feed/1", unhex(author, 16), utf8(audience))));
}

/** Which audience a feed of this author is for, or undefined when it is none of the author's. */
export function audienceOf(feed: string, author: string): Audience | undefined {
  return audienceNames.find((audience) => feedId(author, audience) === feed);
}

export const audienceNames = Object.keys(audiences) as Audience[];

/** Whether a member of this kind may be given the feeds of this audience. */
export function mayRead(audience: Audience, kind: MemberKind): boolean {
  return (audiences[audience] as readonly MemberKind[]).includes(kind);
}
