/** Whether a site moved between two traces. */
import type { Hosting } from "./hosting.ts";
import { valueOf } from "./outcome.ts";

/** What a notice and a route depend on. */
export type ComparedHosting = Pick<Hosting, "country" | "provider">;

/**
 * Addresses change behind one provider every minute, and a site with many answers with another first each time: it moved
 * when the country or the provider that was expected is not among those of any of its addresses. A look-up that failed, or
 * found nothing, is not a move.
 */
export function hostingMoved(expected: ComparedHosting | undefined, now: Hosting): boolean {
  if (now.lookup !== "found") return false;
  return !candidates(now).some((one) => isSame(expected, one));
}

function candidates(now: Hosting): ComparedHosting[] {
  // Behind a content-delivery network, or as configured: the addresses say nothing of where it is.
  if (now.cdn || now.source === "configured") return [now];
  const places = now.trace.places.map(({ country, network }) => ({
    country: valueOf(country),
    provider: valueOf(network)?.name,
  }));
  return [
    now,
    ...places.map(({ country, provider }) => ({
      ...(country && { country }),
      ...(provider && { provider }),
    })),
  ];
}

/** A provider that was not known before (a member's or an older trace) is not another one. */
function isSame(expected: ComparedHosting | undefined, now: ComparedHosting): boolean {
  if (expected?.country !== now.country) return false;
  return expected?.provider === undefined
    ? expected?.country !== undefined
    : expected.provider === now.provider;
}
