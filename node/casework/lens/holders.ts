/** Asking, over the network, who announces to hold a file: a person's deliberate act, on record before anybody is asked. */
import type { z } from "zod";
import type { Caller } from "../../accounts/index.ts";
import type { Unit } from "../../commit/index.ts";
import { labelOf, type Context } from "../context.ts";
import type { holdersView } from "../views.ts";
import { reportsWith } from "./withdraw.ts";

/** @throws `holders/off` when this member takes no part in live announcements; then nothing is asked, nor recorded */
export async function askHolders(
  context: Context,
  sha256: string,
  caller: Caller,
): Promise<z.infer<typeof holdersView>> {
  const { federation, commit } = context;
  if (federation.announcing) await commit.run((unit) => record(unit, sha256, caller));
  const found = await federation.askHolders(sha256);
  return { holders: found.map(({ member, confirmed }) => ({ member: labelOf(context, member), confirmed })) };
}

async function record(unit: Unit, sha256: string, caller: Caller): Promise<void> {
  unit.record({
    kind: "holders.asked",
    subject: [...new Set(await reportsWith(unit, sha256))],
    actor: `person:${caller.pseudonymFor(sha256)}`,
    detail: { sha256 },
  });
}
