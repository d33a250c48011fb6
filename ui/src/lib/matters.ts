/** Where the things are shown that a conversation is about, and that its messages point at. */
import type { Matter, Reference } from "./types.ts";

const pages = {
  report: { permission: "report.read", address: (id: string) => `/reports/${id}` },
  escalation: { permission: "escalation.read", address: (id: string) => `/escalations/${id}` },
  contribution: { permission: "contribution.read", address: () => "/contributions" },
  material: { permission: "material.read", address: () => "/material" },
  advert: { permission: "advert.read", address: (id: string) => `/adverts?hash=${id}` },
} as const;

/** Its page, for whom it is open; nothing where it is not known. */
export function placeAddress(
  place: Reference["place"],
  may: (permission: string) => boolean,
): string | undefined {
  if (!place || !may(pages[place.where].permission)) return undefined;
  return pages[place.where].address(place.id);
}

/** The page of what a conversation is about. */
export function matterAddress(
  { where, id }: Matter,
  may: (permission: string) => boolean,
): string | undefined {
  return where === "unknown" || id === undefined ? undefined : placeAddress({ where, id }, may);
}
