/** What tests of mailboxes share: members that keep mail, quick settings, and members that have met before. */
import type { FederationFiles } from "../../../node/federation/index.ts";
import { systemClock, type Clock } from "../../../node/telemetry/index.ts";
import { counting } from "./counting.ts";
import { connected, found, startNode, until, type Described, type Place } from "./support.ts";

const capabilities = ["send", "receive", "material", "mailbox"];
export const keeper: Described = { name: "Police B", country: "BB", kind: "lea", capabilities };
export const otherKeeper: Described = { name: "Hotline C", country: "CC", kind: "hotline", capabilities };

export const quick = (mailbox: object = {}, intervals: object = {}) => ({
  federation: { mailbox: { after: "200ms", look: "100ms", rest: "200ms", ...mailbox }, intervals },
});

export const start = (place: Place, mailbox?: object, clock: Clock = systemClock) =>
  startNode(place, { prepare: counting, settings: quick(mailbox), clock });

/** Members that have met once, so that everybody holds everybody's card; none of them runs. */
export async function acquainted(
  members: readonly Described[],
): Promise<{ places: Place[]; files: FederationFiles }> {
  const { places, files } = await found(members);
  const nodes = await Promise.all(places.map((place) => start(place)));
  for (const one of nodes)
    for (const other of nodes) if (one !== other) await until("all have met", () => connected(one, other));
  await Promise.all(nodes.map((node) => node.stop()));
  return { places: [...places], files };
}
