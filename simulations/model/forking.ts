/** A member signs two blocks at one height and shows one half of the others this, the other half that: when does everybody know? */
import { createAgenda } from "./agenda.ts";
import { usual, type World } from "./world.ts";

/** Milliseconds from the lie until each honest member holds both blocks, and has frozen the feed. */
export function exposeFork(world: World, liar: number): number[] {
  const sides = Array.from({ length: world.members }, () => (world.draw.fraction() < 0.5 ? 0 : 1));
  const knows = new Float64Array(world.members).fill(Infinity);
  const agenda = createAgenda<{ readonly member: number; readonly from: number; readonly finds: boolean }>();
  for (let one = 0; one < world.members; one++) {
    for (const other of world.partners(one)) {
      if (one === liar || other === liar || sides[one] === sides[other]) continue;
      // One of them hears of another block at a height that it holds, asks for it, and has both.
      agenda.add(world.nextHello(one, other, 0) + 3 * world.latency(one, other), {
        member: other,
        from: one,
        finds: true,
      });
    }
  }
  for (let next = agenda.next(); next; next = agenda.next()) {
    const { member } = next.what;
    if (knows[member] !== Infinity || next.time > usual.hello * 4) continue;
    knows[member] = next.time;
    // It pushes on the block that it did not have; to those of its own side that is news.
    for (const other of world.partners(member))
      if (other !== liar && sides[other] === sides[member])
        agenda.add(next.time + world.latency(member, other), { member: other, from: member, finds: false });
  }
  return [...knows].filter((_, member) => member !== liar);
}
