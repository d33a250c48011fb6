/** Reading contacts in a registry's answer: entities within entities (RFC 9083, 5.1), each with a jCard (RFC 7095). */
import { z } from "zod";

export interface Entity {
  roles: string[];
  name?: string;
  emails: string[];
  /** ISO 3166-1 alpha-2, where the card says it so. */
  country?: string;
}

/** Deeper ones belong to nobody whom a notice would reach. */
const deepest = 4;
/** Of one answer; more is not a contact list but an attack. */
const mostEntities = 200;

/** All entities of an object, the outer ones first. What cannot be read is left out. */
export function entitiesIn(object: Record<string, unknown>): Entity[] {
  const entities: Entity[] = [];
  let level: unknown[] = listOf(object["entities"]);
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const one of level) {
      if (entities.length >= mostEntities || !isRecord(one)) continue;
      entities.push(entityOf(one));
      next.push(...listOf(one["entities"]));
    }
    level = next;
  }
  return entities;
}

/** Where abuse is told, without repeats. */
export function abuseAddresses(entities: readonly Entity[]): string[] {
  const addresses = entities.filter(({ roles }) => roles.includes("abuse")).flatMap(({ emails }) => emails);
  return [...new Set(addresses)].slice(0, mostAddresses);
}
const mostAddresses = 5;

function entityOf(entity: Record<string, unknown>): Entity {
  const roles = listOf(entity["roles"]).filter((role): role is string => typeof role === "string");
  const properties = listOf(listOf(entity["vcardArray"])[1]).filter((one): one is unknown[] =>
    Array.isArray(one),
  );
  const values = (name: string) => properties.filter(([of]) => of === name);
  const name = textOf(values("fn")[0]?.[3]) ?? textOf(values("org")[0]?.[3]);
  const country = values("adr")
    .map(countryOf)
    .find((code) => code !== undefined);
  return {
    roles: roles.map((role) => role.toLowerCase()),
    ...(name !== undefined && { name }),
    emails: values("email").flatMap(([, , , value]) => mailAddress(value)),
    ...(country !== undefined && { country }),
  };
}

const emailSchema = z.email().max(254);

function mailAddress(value: unknown): string[] {
  const address = textOf(value)
    ?.replace(/^mailto:/i, "")
    .toLowerCase();
  return emailSchema.safeParse(address).success ? [address ?? ""] : [];
}

/** The country's code beside the address (RFC 8605), or as its last line. */
function countryOf([, parameters, , lines]: unknown[]): string | undefined {
  const beside = isRecord(parameters) ? textOf(parameters["cc"]) : undefined;
  return [beside, textOf(listOf(lines)[6])].map(countryCode).find((code) => code !== undefined);
}

/** In capitals; undefined for anything that is no code of two letters. */
export function countryCode(value: unknown): string | undefined {
  const code = textOf(value)?.toUpperCase();
  return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined;
}

/** One line of text for people; a registry's answer may hold anything. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value
    .slice(0, 1024)
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
  return text === "" ? undefined : text;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
