/** Reports said to the other member as fast as it takes them. */
import type { Member } from "./members.ts";
import { newId, reportOf } from "./statements.ts";

/** Reports said in one unit, as casework completes a report with several recipients and follow-ups. */
const UNIT = 25;
/** Reports without a receipt at which no more are said: the outbox stays filled and stays small. */
const BACKLOG = 200;

export interface Load {
  readonly envelopes: number;
  /** Of each statement. */
  readonly bytes: number;
  /** Characters of each address in it. */
  readonly address: number;
}

/** Says so many reports to the other member; resolves with the number of receipts once all are in. */
export async function say(
  { federation, commit }: Member,
  { envelopes, bytes, address }: Load,
): Promise<number> {
  const to = (await federation.membersView()).filter(({ self }) => !self).map(({ id }) => id);
  const sample = reportOf(bytes, federation.self.id, address);
  let receipted = 0;
  let wake = () => {};
  const forget = commit.onAnnounce((events) => {
    receipted += events.filter(({ topic }) => topic === "deliveries").length;
    wake();
  });
  const until = async (enough: number) => {
    while (receipted < enough) await new Promise<void>((resolve) => (wake = resolve));
  };
  for (let said = 0; said < envelopes; said += UNIT) {
    await until(said - BACKLOG);
    await commit.run(async (unit) => {
      for (let at = 0; at < UNIT; at++) {
        const about = newId();
        const payload = { ...sample, report: { ...sample.report, id: about } };
        await federation.say(unit, { type: "report.forward", to, payload, about });
      }
    });
  }
  await until(envelopes);
  forget();
  return receipted;
}
