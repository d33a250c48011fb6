/** Where the thing is shown that a conversation is about. */
import type { Matter } from "./types.ts";

const pages = {
  report: { permission: "report.read", address: (id: string) => `/reports/${id}` },
  escalation: { permission: "escalation.read", address: (id: string) => `/escalations/${id}` },
  contribution: { permission: "contribution.read", address: () => "/contributions" },
} as const;

/** Its page, for whom it is open; nothing where the matter is not known. */
export function matterAddress(
  { where, id }: Matter,
  may: (permission: string) => boolean,
): string | undefined {
  if (where === "unknown" || id === undefined || !may(pages[where].permission)) return undefined;
  return pages[where].address(id);
}
