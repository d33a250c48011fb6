/** Taking a verdict of this organisation back: at once here, and at every member that holds it as soon as it is reached. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import { blind } from "../../store/index.ts";
import { applyRecords } from "../adverts.ts";
import type { Context } from "../context.ts";
import { items } from "../records.ts";

/**
 * Publishes the withdrawal of an own record. It takes the same effect here as at every other holder: the verdict counts
 * no more on any item, and what was only taken over from it is open again.
 * @throws `casework/no-such-advert` when no record of ours with this id is in force
 */
export async function withdrawAdvert(
  context: Context,
  unit: Unit,
  record: string,
  reason: string,
  caller: Caller,
): Promise<void> {
  const { self, federation } = context;
  const advert = await federation.advert(unit, self.id, record);
  if (!advert || advert.withdrawn)
    throw new WardlineError(
      "casework/no-such-advert",
      "No advert of this organisation with that id is in force.",
      {
        advice: "Look the hash up again; somebody may have withdrawn it already.",
      },
    );
  const withdrawal = { ...advert.record, action: "withdraw" as const };
  unit.record({
    kind: "advert.withdrawn",
    subject: [...new Set(await reportsWith(unit, advert.record.digests.sha256))],
    actor: `person:${caller.pseudonymFor(record)}`,
    detail: { record, reason },
  });
  await federation.publish(unit, [withdrawal], advert.audience);
  await applyRecords(context, unit, self.id, [withdrawal]);
}

/** Reports here that have a file with this SHA-256, once for each item. */
export async function reportsWith(unit: Unit, sha256: string): Promise<string[]> {
  const found = await Array.fromAsync(unit.list(items, { index: "sha256", prefix: [blind(sha256)] }));
  return found.map(({ value }) => value.report);
}
