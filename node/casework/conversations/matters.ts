/** What a conversation is about. Reports are known in this room; desks add what they keep of other members' reports. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { z } from "zod";
import type { Reader } from "../../store/index.ts";
import type { Context, Matter } from "../context.ts";
import { reports, type Report } from "../records.ts";
import type { matterView } from "../views.ts";

export async function findMatter(
  { matters }: Context,
  reader: Reader,
  id: string,
): Promise<Matter | undefined> {
  const report = await reader.get(reports, id);
  if (report) return matterOf(report);
  for (const source of matters) {
    const found = await source(reader, id);
    if (found) return found;
  }
  return undefined;
}

/** @throws `casework/unknown-matter` */
export async function requireMatter(context: Context, reader: Reader, id: string): Promise<Matter> {
  const matter = await findMatter(context, reader, id);
  if (matter) return matter;
  throw new WardlineError("casework/unknown-matter", "This report is not known here.", {
    advice: "Open the report, escalation or contribution, and ask from there.",
  });
}

function matterOf({ id, reference, origin, route, feedback }: Report): Matter {
  const members = [origin?.member, route?.member, ...feedback.map(({ member }) => member)];
  return {
    report: { id, reference },
    where: "report",
    id,
    members: [...new Set(members.filter((one) => one !== undefined))],
  };
}

/** The matter as views show it: under the name that it has here, or under the sender's. */
export async function matterViewOf(
  context: Context,
  reader: Reader,
  named: { id: string; reference: string },
): Promise<z.infer<typeof matterView>> {
  const known = await findMatter(context, reader, named.id);
  if (!known) return { report: named.id, reference: named.reference, where: "unknown" };
  return { report: named.id, reference: known.report.reference, where: known.where, id: known.id };
}
