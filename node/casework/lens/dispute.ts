/** Raising and ending a dispute of this organisation. */
import { WardlineError } from "@wardline/protocol/encoding";
import { mayRead } from "@wardline/protocol/adverts";
import { members } from "@wardline/protocol/roster";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import type { Unit } from "../../commit/index.ts";
import type { Advert } from "../../federation/index.ts";
import type { Context } from "../context.ts";
import { ownLooks } from "../matching.ts";
import { newId } from "../references.ts";
import { disputes, openDisputes, type Dispute } from "./disputes.ts";
import { applyDispute } from "./effects.ts";

/** Recipients of one statement. */
const MOST_RECIPIENTS = 256;

/**
 * Disputes another member's record, with the verdict of this organisation's own newest look; told to every member that
 * may hold the record, and published for those that join later. Again changes nothing.
 * @throws `casework/no-such-advert`, `casework/not-looked` when nobody here has seen the file differently
 */
export async function openDispute(
  context: Context,
  unit: Unit,
  disputed: { member: string; record: string },
  reason: string,
): Promise<void> {
  const { self, federation, random } = context;
  const advert = await federation.advert(unit, disputed.member, disputed.record);
  if (!advert || advert.withdrawn || advert.author === self.id) throw noSuchAdvert();
  const { sha256 } = advert.record.digests;
  const look = (await ownLooks(context, unit, sha256)).at(-1);
  if (!look || look.verdict === advert.record.verdict) throw notLooked();
  const open = await openDisputes(context, unit, sha256);
  if (open.some(({ author, record }) => author === self.id && record === disputed.record)) return;
  const { verdict } = look;
  const id = newId(random);
  const { record } = disputed;
  const told = holdersOf(context, advert);
  const said = { id, verdict, reason, at: unit.now };
  const published = {
    audience: advert.audience,
    record: {
      ...{ ...said, action: "dispute" as const, disputes: disputed, digests: { sha256 }, facts: look.facts },
      ...{ vocabulary: builtInVocabulary, basis: "seen" as const, held: false },
    },
  };
  await federation.publish(unit, [published.record], published.audience);
  await tell(context, unit, { ...said, author: self.id, record, sha256, state: "opened", told, published });
}

/** Ends a dispute of this organisation. @throws `casework/no-such-dispute` */
export async function endDispute(context: Context, unit: Unit, id: string): Promise<void> {
  const open = await unit.get(disputes, id);
  if (open?.author !== context.self.id || open.state !== "opened")
    throw new WardlineError(
      "casework/no-such-dispute",
      "No dispute of this organisation with that id is open.",
      {
        advice: "Look the hash up again; somebody may have ended it already.",
      },
    );
  const { published } = open;
  if (published)
    await context.federation.publish(unit, [{ ...published.record, action: "withdraw" }], published.audience);
  await tell(context, unit, { ...open, state: "withdrawn", at: unit.now });
}

async function tell(context: Context, unit: Unit, dispute: Dispute): Promise<void> {
  const { id, record: assessment, sha256, verdict, reason, state, at } = dispute;
  const payload = { dispute: id, assessment, sha256, verdict, reason, state, at };
  const to = dispute.told ?? [];
  for (let first = 0; first < to.length; first += MOST_RECIPIENTS) {
    const some = to.slice(first, first + MOST_RECIPIENTS);
    await context.federation.say(unit, { type: "assessment.dispute", to: some, payload, about: "" });
  }
  await applyDispute(context, unit, dispute);
}

/** Whoever holds the record and weighs verdicts: the secretariat does not. */
function holdersOf({ federation, self }: Context, { author, audience }: Advert): string[] {
  return members(federation.trust())
    .filter(({ id, kind, status }) => id !== self.id && status === "active" && kind !== "secretariat")
    .filter(({ id, kind }) => id === author || mayRead(audience, kind))
    .map(({ id }) => id);
}

const noSuchAdvert = () =>
  new WardlineError("casework/no-such-advert", "No advert of that member with that id is in force.", {
    advice: "Look the hash up again; it may have been withdrawn.",
  });
const notLooked = () =>
  new WardlineError("casework/not-looked", "Nobody here has looked at this file and seen it differently.", {
    advice: "Assess the file in a report first; a dispute rests on a look of your own.",
  });
