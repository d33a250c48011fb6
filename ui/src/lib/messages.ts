/** Every text of the interface comes from a catalogue in ICU message format, so that a hotline can correct a translation. */
import { IntlMessageFormat } from "intl-messageformat";
import english from "../messages/en.json";

export type MessageKey = keyof typeof english;
type Values = Record<string, string | number | Date>;

const locale = "en";
/** Dates and numbers of the English catalogue: day before month, 24 hours, since several countries read them. */
const region = "en-GB";
const catalogue: Record<string, string> = english;
const formats = new Map<string, IntlMessageFormat>();

/** The text for `key` with its values put in. */
export function t(key: MessageKey, values?: Values): string {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new IntlMessageFormat(catalogue[key] ?? key, locale)));
  return String(format.format(values));
}

/** The text for a value that the node sent (a state, a verdict, a ledger kind), or the value itself while no catalogue names it. */
export function label(group: string, value: string): string {
  const key = `${group}.${value}`;
  return key in catalogue ? t(key as MessageKey) : value;
}

const dateTime = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "medium" });
const timeOnly = new Intl.DateTimeFormat(region, { timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(region, { numeric: "auto", style: "short" });
const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A moment in full, for titles and records. */
export function fullTime(at: number): string {
  return dateTime.format(at);
}

/** A moment as its distance from now. */
export function ago(at: number, now: number): string {
  const distance = Math.min(at - now, 0);
  const step = steps.find(([, each]) => Math.abs(distance) >= each);
  // Seconds would only flicker; the full time is in the title.
  return step ? relative.format(Math.trunc(distance / step[1]), step[0]) : t("time.now");
}

/** The time of day alone, for what happened just now. */
export function timeOfDay(at: number): string {
  return timeOnly.format(at);
}

/** How long something takes, roughly: more would only flicker. */
export function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 90) return t("duration.minutes", { minutes });
  const hours = Math.round(minutes / 60);
  return hours < 72 ? t("duration.hours", { hours }) : t("duration.days", { days: Math.round(hours / 24) });
}

/** How long a film plays, as players show it. */
export function playingTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const percent = new Intl.NumberFormat(region, { style: "percent", maximumFractionDigits: 0 });

/** A part of a whole, from 0 to 1. */
export function share(part: number): string {
  return percent.format(part);
}

/** A number of bytes for people. */
export function size(bytes: number): string {
  const unit = bytes >= 1e9 ? "gigabyte" : bytes >= 1e6 ? "megabyte" : bytes >= 1e3 ? "kilobyte" : "byte";
  const divisor = { gigabyte: 1e9, megabyte: 1e6, kilobyte: 1e3, byte: 1 }[unit];
  const unitDisplay = unit === "byte" ? "long" : "short"; // the short form knows no plural
  return new Intl.NumberFormat(region, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(
    bytes / divisor,
  );
}

/** What people call an item: its server's name for it, or the end of its address. */
export function itemName(item: { readonly name?: string; readonly url: string }): string {
  return item.name ?? item.url.split("/").filter(Boolean).at(-1) ?? item.url;
}

const regions = new Intl.DisplayNames(region, { type: "region", fallback: "code" });

/** A country by its ISO 3166-1 alpha-2 code; codes that anybody may use for their own (XA to XZ) stay as they are. */
export function countryName(code: string): string {
  return /^(?!X[A-Z])[A-Z]{2}$/u.test(code) ? (regions.of(code) ?? code) : code;
}
