/** What must be so once a play is over and the network is whole: everything arrived once, and all hold the same. */
import { audienceOf, mayRead } from "@wardline/protocol/adverts";
import type { DemoMember } from "../../node/demo/index.ts";
import type { Arrival, FeedSeen } from "./messages.ts";
import type { Stage } from "./play.ts";
import { effects, type Schedule, type Speech } from "./schedule.ts";

/** Longest wait for everything to settle, in milliseconds: far beyond what a busy machine needs. */
const patience = 240_000;

/** Waits until all is as it must be. Throws with everything that is not, when it never comes to that. */
export async function expectConverged(
  schedule: Schedule,
  stage: Stage,
  members: readonly DemoMember[],
): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const wrong = (await unsettled(stage)) ?? (await problems(schedule, stage, members));
    if (wrong.length === 0) return;
    if (Date.now() > deadline) throw new Error(wrong.slice(0, 40).join("\n"));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** What is still under way, cheap to ask; undefined when nothing is. */
async function unsettled({ processes }: Stage): Promise<string[] | undefined> {
  const all = await Promise.all(processes.map((process) => process.insist({ do: "standing" })));
  const found = all.flatMap(({ connected, waiting, readOnly }, member) => [
    ...(readOnly === undefined ? [] : [`node ${member} is read-only: ${readOnly}`]),
    ...(connected === processes.length - 1 ? [] : [`node ${member} is connected to ${connected} others`]),
    ...(waiting === 0 ? [] : [`node ${member} waits for ${waiting} receipts`]),
  ]);
  return found.length > 0 ? found : undefined;
}

async function problems(
  { happenings }: Schedule,
  { processes, memberIds }: Stage,
  members: readonly DemoMember[],
): Promise<string[]> {
  const speeches = happenings.flatMap((one) => (one.do === "say" ? one.speeches : []));
  const about = speeches.map((speech) => speech.about);
  const [feeds, arrivals] = await Promise.all([
    Promise.all(processes.map((process) => process.insist({ do: "feeds" }))),
    Promise.all(processes.map((process) => process.insist({ do: "arrivals", about }))),
  ]);
  return [
    ...feedProblems(feeds, memberIds, members),
    ...speeches.flatMap((speech, index) =>
      speechProblems(
        speech,
        memberIds,
        arrivals.map((all) => all[index] as Arrival),
      ),
    ),
  ];
}

/** Every feed is the same at its author and at all of its audience, and unknown to all others. */
function feedProblems(
  seen: readonly (readonly FeedSeen[])[],
  memberIds: readonly string[],
  members: readonly DemoMember[],
): string[] {
  const own = seen.flatMap((feeds, member) => feeds.filter(({ author }) => author === memberIds[member]));
  return own.flatMap(({ feed, author, head, live, missing }) => {
    const audience = audienceOf(feed, author);
    const of = `the feed ${feed.slice(0, 8)} of node ${memberIds.indexOf(author)}`;
    return [
      ...missing.map((member) => `node ${memberIds.indexOf(member)} has not acknowledged ${of}`),
      ...seen.flatMap((feeds, member) => {
        const held = feeds.find((one) => one.feed === feed);
        const reads =
          memberIds[member] === author ||
          (audience && mayRead(audience, (members[member] as DemoMember).kind));
        if (!reads) return held ? [`node ${member} holds ${of}, which is not for it`] : [];
        if (!held) return [`node ${member} lacks ${of}`];
        return [
          ...(held.frozen ? [`${of} is frozen at node ${member}`] : []),
          ...(held.head === head ? [] : [`${of} is at ${held.head} at node ${member}, not at ${head}`]),
          ...(held.live === live ? [] : [`other records of ${of} are in force at node ${member}`]),
        ];
      }),
    ];
  });
}

function speechProblems(
  { type, from, to, about }: Speech,
  memberIds: readonly string[],
  arrivals: readonly Arrival[],
): string[] {
  const what = `${type} about ${about} by node ${from}`;
  const times = (list: readonly string[], wanted: string) => list.filter((one) => one === wanted).length;
  const sent = arrivals[from]?.sent.filter((one) => one.startsWith(`${type} `)) ?? [];
  const settled = sent.filter((one) => /accepted|duplicate/u.test(one)).length;
  return [
    ...(sent.length === to.length && settled === to.length ? [] : [`${what}: sent as ${sent.join(", ")}`]),
    ...arrivals.flatMap(({ received, entries }, member) => {
      const wanted = to.includes(member) ? 1 : 0;
      const counts = [
        times(received, `${type} ${memberIds[from]} accepted`),
        times(entries, `statement.received ${type}`),
        times(entries, effects[type]),
      ];
      return counts.every((count) => count === wanted)
        ? []
        : [
            `${what}: at node ${member} arrived, entered, had its effect ${counts.join(", ")} times, not ${wanted}`,
          ];
    }),
  ];
}
