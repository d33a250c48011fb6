/**
 * One advert on its way: pushed by its author to whoever is connected, told by hellos to whoever was not, and pulled. The
 * rules are those of `node/federation/feeds/sync.ts`; a test holds this against real nodes.
 */
import { patienceWith } from "../../node/federation/feeds/patience.ts";
import { createAgenda } from "./agenda.ts";
import { onTheWire, pullBytes, pushBytes } from "./sizes.ts";
import { CROSSINGS_TO_HELLO, usual, type World } from "./world.ts";

interface Happening {
  readonly what: "has" | "hears";
  readonly member: number;
  /** Of a hello: who says it. */
  readonly from: number;
}

/** When each member has the block, milliseconds from `at`; Infinity for those that never get it. */
export function spreadBlock(world: World, author: number, at: number, block: number): Float64Array {
  const has = new Float64Array(world.members).fill(Infinity);
  const soonest = new Float64Array(world.members).fill(Infinity);
  /** One pull of a feed at a time: one that is not answered holds the others back for as long as a node is patient. */
  const heldUntil = new Float64Array(world.members);
  /** Who lets the question lie is not asked again before all others were. */
  const silent = Array.from({ length: world.members }, () => new Set<number>());
  const lies = new Set(Array.from({ length: world.members }, (_, one) => world.lie(one)));
  const someFail = lies.has("stall") || lies.has("wrong");
  const agenda = createAgenda<Happening>();
  const pushed = onTheWire(pushBytes(block));
  const pulled = onTheWire(pullBytes([block]));

  function hear(from: number, member: number, time: number): void {
    const heard = hearing(world, from, member, time);
    // Only the first who can tell matters, unless some of them fail when they are asked.
    if (!someFail && heard >= (soonest[member] as number)) return;
    soonest[member] = Math.min(heard, soonest[member] as number);
    agenda.add(heard, { what: "hears", member, from });
  }

  function tellOthers(member: number, time: number): void {
    if (world.lie(member) === "withhold") return;
    for (const other of world.partners(member)) if (has[other] === Infinity) hear(member, other, time);
  }

  has[author] = 0;
  let leaves = at;
  for (const member of world.partners(author)) {
    if (!world.isUp(member, at)) continue;
    leaves += (pushed / world.bandwidth) * 1000;
    agenda.add(leaves + world.latency(author, member), { what: "has", member, from: author });
    soonest[member] = leaves + world.latency(author, member);
  }
  tellOthers(author, at);
  for (let next = agenda.next(); next; next = agenda.next()) {
    const { time } = next;
    const { what, member, from } = next.what;
    if (has[member] !== Infinity) continue;
    if (what === "has") {
      has[member] = time - at;
      tellOthers(member, time);
      continue;
    }
    const passedOver = time < (heldUntil[member] as number) || silent[member]?.has(from);
    if (passedOver || world.lie(from) === "wrong") {
      hear(from, member, time + 1);
    } else if (world.lie(from) === "stall") {
      heldUntil[member] = time + patienceWith(1);
      silent[member]?.add(from);
      hear(from, member, time + 1);
    } else {
      const asked = time + 2 * world.latency(from, member) + (pulled / world.bandwidth) * 1000;
      agenda.add(asked, { what: "has", member, from });
    }
  }
  return has;
}

/** When one member hears from another what it holds: by the next hello, or by the first one when it was away. */
function hearing(world: World, from: number, member: number, time: number): number {
  const way = world.latency(from, member);
  for (let now = time; ;) {
    const both = Math.max(world.nextUp(from, now), world.nextUp(member, now));
    if (both > now) {
      // Whoever returns dials everybody, so many at a time.
      const turns = 1 + Math.floor(world.partners(member).length / usual.parallelDials / 2);
      const linked = both + turns * CROSSINGS_TO_HELLO * way;
      if (world.isUp(from, linked) && world.isUp(member, linked)) return linked;
      now = linked;
      continue;
    }
    const hello = world.nextHello(from, member, now);
    // The one that opened the connection speaks first; the other one's heads come with the answer.
    if (world.isUp(from, hello) && world.isUp(member, hello)) return hello + (from < member ? 1 : 2) * way;
    now = hello;
  }
}
