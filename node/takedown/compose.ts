/** From a marked notice to the mail: what casework knows of each item, said in XARF and in words. */
import { WardlineError } from "@wardline/protocol/encoding";
import { mapLabel } from "../jurisdiction/index.ts";
import type { Context } from "./context.ts";
import { composeNotice, type NoticeMail } from "./mail.ts";
import type { Notice, Target } from "./records.ts";
import type { Xarf } from "./xarf-schema.ts";
import { xarfReport, type NoticedItem } from "./xarf.ts";

const xarfMapping = "wardline-core-to-xarf";

/** @throws `takedown/cannot-compose`: what is known of an item does not fit a notice, however often it is tried */
export async function composeFor(
  context: Context,
  notice: Notice,
  online: readonly Target[],
): Promise<NoticeMail> {
  const { casework, commit, sender } = context;
  const items = [];
  const references = new Set<string>();
  const date = notice.marked?.at ?? notice.created;
  for (const target of online) {
    const report = await casework.report(commit, target.report);
    const item = await noticedItem(context, target, date);
    if (!item) continue;
    references.add(report.reference);
    items.push({ item, xarf: written(() => xarfReport(notice.id, item, report.hosting ?? {}, sender)) });
  }
  return composeNotice({
    id: notice.id,
    round: notice.round,
    references: [...references],
    to: notice.contact,
    date,
    sender,
    items,
  });
}

function written(report: () => Xarf): Xarf {
  try {
    return report();
  } catch (cause) {
    throw new WardlineError("takedown/cannot-compose", "The notice cannot be written as an XARF report.", {
      advice: "Check the sender in the configuration and what the hosting look-up says, then approve again.",
      cause,
    });
  }
}

async function noticedItem(
  { casework, commit, jurisdictions }: Context,
  target: Target,
  verifiedAt: number,
): Promise<NoticedItem | undefined> {
  const item = await casework.item(commit, target.item);
  const agreed = item && casework.agreed(await casework.report(commit, target.report), item);
  if (!item || item.kind === "archive" || !agreed || agreed.verdict === "not-illegal") return undefined;
  const said = item.assessments.filter((one) => one.verdict === agreed.verdict && !one.withdrawn);
  const mapped = mapLabel(jurisdictions.mapping(xarfMapping), agreed.verdict, said[0]?.facts);
  const { sha256, sha1, md5 } = item.digests;
  const seen = said.some((one) => one.basis === "seen");
  return {
    url: target.url,
    kind: item.kind,
    sha256,
    sha1,
    md5,
    verdict: agreed.verdict,
    mapped,
    seen,
    verifiedAt,
  };
}
