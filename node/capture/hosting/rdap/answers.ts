/** From a registry's answer (RFC 9083) to what a trace keeps of it. */
import { isIP } from "node:net";
import type { DomainRegistration, NetworkRegistration } from "../record.ts";
import { abuseAddresses, countryCode, entitiesIn, isRecord, textOf } from "./contacts.ts";

interface Asked {
  /** Host of the server that answered. */
  source: string;
  at: number;
}

/** Undefined when it is no answer about a network. */
export function readNetwork(answer: unknown, { source, at }: Asked): NetworkRegistration | undefined {
  if (!isRecord(answer) || answer["objectClassName"] !== "ip network") return undefined;
  const entities = entitiesIn(answer);
  const first = textOf(answer["startAddress"]) ?? "";
  const last = textOf(answer["endAddress"]) ?? "";
  return {
    ...present({
      handle: textOf(answer["handle"]),
      name: textOf(answer["name"]),
      // RIPE, APNIC and AFRINIC say it of the network; ARIN and LACNIC of who holds it.
      country:
        countryCode(answer["country"]) ?? entities.find(({ roles }) => roles.includes("registrant"))?.country,
    }),
    ...(isIP(first) !== 0 && isIP(last) !== 0 && { range: { first, last } }),
    abuse: abuseAddresses(entities),
    source,
    at,
  };
}

/** Undefined when it is no answer about this domain. */
export function readDomain(
  answer: unknown,
  domain: string,
  { source, at }: Asked,
): DomainRegistration | undefined {
  if (!isRecord(answer) || answer["objectClassName"] !== "domain") return undefined;
  const name = textOf(answer["ldhName"])?.toLowerCase().replace(/\.$/, "");
  if (name !== domain) return undefined;
  const entities = entitiesIn(answer);
  const withRole = (role: string) => entities.find(({ roles }) => roles.includes(role));
  return {
    name,
    ...present({
      registrar: withRole("registrar")?.name,
      registrantCountry: withRole("registrant")?.country,
      registered: registeredAt(answer["events"]),
    }),
    abuse: abuseAddresses(entities),
    source,
    at,
  };
}

function registeredAt(events: unknown): number | undefined {
  const list: unknown[] = Array.isArray(events) ? events : [];
  const event = list.filter(isRecord).find((one) => one["eventAction"] === "registration");
  const at = Date.parse(textOf(event?.["eventDate"]) ?? "");
  return Number.isFinite(at) ? at : undefined;
}

/** Without what is undefined. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
