/** Offers from hotlines and police, folded by SHA-256, and INTERPOL's word on them. */
import type { PayloadOf, SharedItem } from "@wardline/protocol/statements";
import type { Member } from "@wardline/protocol/roster";
import { compact } from "../../casework/index.ts";
import type { Unit } from "../../commit/index.ts";
import type { DeskServices } from "../desk.ts";
import {
  contributions,
  contributionsOf,
  fileKey,
  files,
  putFile,
  requireFile,
  type OfferedFile,
} from "./records.ts";

type Offer = Pick<PayloadOf<"icse.contribution">, "report" | "items">;

/** Takes an offer in. The same item of the same report by the same member counts once. */
export async function receiveOffer(unit: Unit, { report, items }: Offer, from: Member): Promise<void> {
  let added = 0;
  for (const item of items) {
    const { sha256 } = item.digests;
    const key = [...fileKey(sha256), from.id, report.id, item.id];
    if (await unit.has(contributions, ...key)) continue;
    const { id, reference } = report;
    unit.put(contributions, key, {
      sha256,
      member: from.id,
      report: { id, reference },
      item: item.id,
      url: item.url,
      at: unit.now,
      held: item.held,
    });
    putFile(unit, folded(await unit.get(files, ...fileKey(sha256)), item, unit.now));
    added += 1;
  }
  if (added === 0) return;
  const detail = { member: from.id, reference: report.reference, items: added };
  unit.record({ kind: "icse.received", subject: [report.id], actor: from.id, detail });
}

/** One member's baseline verdict makes the file's: baseline is final. */
function folded(before: OfferedFile | undefined, item: SharedItem, now: number): OfferedFile {
  const verdict = item.agreed?.verdict ?? "national";
  if (before)
    return before.verdict === "baseline" || verdict !== "baseline" ? before : { ...before, verdict };
  return { sha256: item.digests.sha256, verdict, mime: item.mime, bytes: item.bytes, received: now };
}

export interface OutcomeGiven {
  outcome: Exclude<PayloadOf<"icse.outcome">["outcome"], "material-verified">;
  series?: string | undefined;
}

/** Tells every contributor what came of it; the same outcome again is not told twice. */
export async function giveOutcome(
  services: DeskServices,
  unit: Unit,
  sha256: string,
  given: OutcomeGiven,
  actor: (report: string) => string,
): Promise<OfferedFile> {
  const file = await requireFile(unit, sha256);
  const { outcome, series } = given;
  if (file.outcome === outcome && file.series === series) return file;
  for (const { member, report, item } of await contributionsOf(unit, sha256)) {
    const payload = compact({ report, item, outcome, series, at: unit.now });
    await services.federation.say(unit, {
      type: "icse.outcome",
      to: [member],
      payload,
      matter: report.id,
      about: report.id,
    });
    const detail = { member: services.federation.self.id, outcome, item };
    unit.record({ kind: "icse.outcome", subject: [report.id, item], actor: actor(report.id), detail });
  }
  return putFile(unit, compact({ ...file, outcome, series }));
}
