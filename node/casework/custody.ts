/** The ledger of one matter as people read it: each entry as a sentence, with its proof, under one signed checkpoint. */
import type { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { labelOf, type Context } from "./context.ts";
import { reports } from "./records.ts";
import { actorName, sentenceOf } from "./sentences.ts";
import type { custodyView } from "./views.ts";

/**
 * Verifies and shows every entry about `subject` (a report's id).
 * @throws `casework/no-such-report` when the ledger has nothing about it
 */
export async function custodyOf(context: Context, subject: string): Promise<z.infer<typeof custodyView>> {
  const { ledger, commit } = context;
  const { verified, checks, entries, checkpoint } = await ledger.verify(subject);
  if (entries.length === 0)
    throw new WardlineError("casework/no-such-report", "The ledger has nothing about this report.", {
      advice: "Go back to the list; it may have been opened from an old link.",
    });
  const report = await commit.get(reports, subject);
  const names = { nameOf: (id: string) => labelOf(context, id).name };
  const known = entries.map(({ detail }) => detail["reference"]).find((one) => typeof one === "string");
  return {
    report: subject,
    reference: report?.reference ?? known ?? subject,
    checkpoint,
    verified,
    checks,
    entries: entries.map(({ index, at, kind, actor, detail, commitment, included }) => ({
      index,
      at,
      kind,
      actor: actorName(actor, names),
      sentence: sentenceOf({ kind, actor, detail }, names),
      detail,
      commitment,
      included,
    })),
  };
}
