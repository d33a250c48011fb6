/** Names of reports: a random id for machines and other members, a short reference for people. */
import { hex, sha256, utf8, type Random } from "@wardline/protocol/encoding";
import type { Unit } from "../commit/index.ts";
import { counters } from "./records.ts";

/** 128 random bits, lower-case hexadecimal. */
export const newId = (random: Random): string => hex(random(16));

/** The next reference of this year, like `XA-2026-000042`; gap-free, since units run one after another. */
export async function nextReference(unit: Unit, country: string): Promise<string> {
  const year = new Date(unit.now).getUTCFullYear();
  const { last } = (await unit.get(counters, "reference", year)) ?? { last: 0 };
  unit.put(counters, ["reference", year], { last: last + 1 });
  return `${country}-${year}-${String(last + 1).padStart(6, "0")}`;
}

/** The id of an item follows from what it is, so that a capture that ran twice finds the same items. */
export function itemIdOf(report: string, url: string, sha256OfFile: string): string {
  return derivedId("item", report, url, sha256OfFile);
}

/** An id made from names: the same names, the same id, however often a step is repeated. */
export function derivedId(purpose: string, ...names: string[]): string {
  return hex(sha256(utf8(JSON.stringify([`wardline/${purpose}/1`, ...names])))).slice(0, 32);
}
