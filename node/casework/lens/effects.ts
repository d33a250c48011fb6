/** What an opened or ended dispute does to what is known here. */
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { isWardlineError } from "@wardline/protocol/encoding";
import { readPayload } from "@wardline/protocol/statements";
import type { Unit } from "../../commit/index.ts";
import { reweigh } from "../reweigh.ts";
import { activeMember, type Context } from "../context.ts";
import { keepDispute, type Dispute } from "./disputes.ts";

/** Once, before the federation starts. */
export function registerDisputes(context: Context): void {
  context.federation.handle("assessment.dispute", {
    async apply(unit, { statement, from }) {
      const said = readPayload(statement, "assessment.dispute");
      const { dispute: id, assessment: record, sha256, verdict, reason, state, at } = said;
      await applyDispute(context, unit, { id, author: from.id, record, sha256, verdict, reason, state, at });
    },
  });
}

/**
 * Takes a dispute, or its end, from its author's feed: that is how members hear of it that joined after it was said. What
 * was heard before changes nothing; what is refused has no effect, and its block is kept all the same.
 */
export async function applyDisputeRecord(
  context: Context,
  unit: Unit,
  author: string,
  { id, disputes, digests: { sha256 }, verdict, reason = "", at, action }: AdvertRecord,
): Promise<void> {
  if (!disputes || activeMember(context, author)?.kind === "secretariat") return;
  const state = action === "withdraw" ? ("withdrawn" as const) : ("opened" as const);
  try {
    await applyDispute(context, unit, {
      id,
      author,
      record: disputes.record,
      sha256,
      verdict,
      reason,
      state,
      at,
    });
  } catch (error) {
    if (!isWardlineError(error, "casework/")) throw error;
  }
}

/** Keeps a dispute, this organisation's own or another's, and weighs anew what was taken over here. */
export async function applyDispute(context: Context, unit: Unit, dispute: Dispute): Promise<void> {
  if (!(await keepDispute(context, unit, dispute))) return;
  const { record: id, sha256, state } = dispute;
  const said = await context.federation.findBySha256(unit, sha256);
  unit.afterCommit(() => {
    for (const { author, record } of said.filter((one) => one.record.id === id))
      if (state === "opened") context.near.forget(author, id);
      else context.near.learn(author, record);
  });
  await reweigh(context, unit, sha256);
}
