/**
 * What a reporter gave to get at the content: the page that led there, a name and password, headers such as a cookie. Kept
 * apart from the report, so that nothing that shows, shares or tells of reports comes by it; sent to that site only.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import { z } from "zod";
import { headerLines, sameSite } from "../capture/index.ts";
import type { Unit } from "../commit/index.ts";
import { defineCollection, type Reader } from "../store/index.ts";
import type { Report } from "./records.ts";

export const accessSchema = z
  .strictObject({
    referrer: z.string().max(8192).optional(),
    user: z.string().max(500).optional(),
    password: z.string().max(500).optional(),
    /** A line for each: `Name: value`. */
    headers: z.string().max(16_384).optional(),
  })
  .describe("What the reporter gave to get at the content.");
export type Access = z.output<typeof accessSchema>;

const accesses = defineCollection<Access>("casework.access");

/** @throws `casework/bad-access`, `capture/bad-headers` */
export function putAccess(unit: Unit, report: string, access: Access | undefined): void {
  if (access === undefined || Object.keys(access).length === 0) return;
  if (access.referrer !== undefined && !/^https?:/i.test(URL.parse(access.referrer)?.href ?? ""))
    throw bad("The referrer is no http or https address.");
  if (access.password !== undefined && access.user === undefined)
    throw bad("There is a password without a name.");
  headerLines(access.headers ?? "");
  unit.put(accesses, [report], access);
}

export const accessOf = (reader: Reader, report: string): Promise<Access | undefined> =>
  reader.get(accesses, report);

/** How a capture of the report uses it. */
export async function accessTo(
  reader: Reader,
  { id, url }: Pick<Report, "id" | "url">,
): Promise<{ referrer?: string; headers?: (url: URL) => Record<string, string> }> {
  const { referrer, user, password = "", headers } = (await accessOf(reader, id)) ?? {};
  const login = Buffer.from(`${user}:${password}`).toString("base64"); // RFC 7617
  const given = {
    ...(user !== undefined && { authorization: `Basic ${login}` }),
    ...headerLines(headers ?? ""),
  };
  if (Object.keys(given).length === 0) return referrer === undefined ? {} : { referrer };
  return {
    ...(referrer !== undefined && { referrer }),
    headers: (asked) => (isForSite(asked, url) ? given : {}),
  };
}

/** Never in clear when the reported address is not. */
const isForSite = (asked: URL, url: string) =>
  sameSite(asked.href, url) && (asked.protocol === "https:" || !url.startsWith("https:"));

const bad = (message: string) =>
  new WardlineError("casework/bad-access", message, { advice: "Correct it, or leave it out." });
