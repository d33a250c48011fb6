/** What a node sends in a day while all are there, by what it is for; bytes on the wire. Receiving is as much. */
import { MOST_HEADS } from "../../node/federation/hello/wire.ts";
import { blockBytes, cardBytes, exchangeBytes, helloBytes, onTheWire, pushBytes } from "./sizes.ts";
import { usual } from "./world.ts";

const DAY = 86_400_000;

export interface Habits {
  readonly members: number;
  /** Feeds that a member writes. */
  readonly feedsEach: number;
  readonly blocksPerDay: number;
  readonly recordsPerBlock: number;
}

export interface Traffic {
  /** Hellos without the heads of feeds, and the heads. */
  readonly hellos: number;
  readonly heads: number;
  readonly adverts: number;
  readonly membership: number;
}

/** Membership files that change in a day: freshness every 8 hours, and every member's card once a week. */
const changesPerDay = (members: number) => 3 + members / 7;

export function trafficPerDay({ members, feedsEach, blocksPerDay, recordsPerBlock }: Habits): Traffic {
  const links = Math.min(members - 1, usual.connections);
  const repeats = (links * DAY) / usual.hello;
  // A hello names what has changed since the one before; of a feed that grew twice, one head.
  const changed = 1 - Math.exp((-blocksPerDay / feedsEach) * (usual.hello / DAY));
  const heads = Math.min(members * feedsEach * changed, MOST_HEADS);
  // Each exchange of hellos is half ours.
  const bare = (repeats * onTheWire(helloBytes(0))) / 2;
  const whole = (repeats * sometimes(heads, (count) => onTheWire(helloBytes(count)))) / 2;
  // Both ends of every link look what the other has: digests, then the cards of the part that differs; and the file once.
  const change = links * 3 * onTheWire(exchangeBytes(members)) + onTheWire(cardBytes);
  return {
    hellos: bare,
    heads: whole - bare,
    adverts: blocksPerDay * links * onTheWire(pushBytes(blockBytes(recordsPerBlock))),
    membership: changesPerDay(members) * change,
  };
}

/** Between the whole numbers on either side. */
function sometimes(count: number, of: (count: number) => number): number {
  const least = Math.floor(count);
  return of(least) + (count - least) * (of(least + 1) - of(least));
}
