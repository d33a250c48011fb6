/** One direction of one connection: bytes wait as long as the way takes, in order, and the sender is held when too many wait. */
import type { Socket } from "node:net";
import type { Conditions } from "./conditions.ts";

/** Bytes under way in one direction, as many as a sender's socket would buffer on a long way. */
const MOST_UNDER_WAY = 4 * 1024 * 1024;

export interface Way {
  readonly conditions: () => Conditions;
  /** Nothing arrives while it is so; what is under way waits. */
  readonly silent: () => boolean;
  /** From 0 to 1, for jitter. */
  readonly fraction: () => number;
  /** Told when bytes set out; the milliseconds that they will need are added up for whoever counts in them. */
  readonly onSent: (bytes: number, delay: number) => Journey;
}

/** Told once how it ended: there, or nowhere, since nobody was there any more. */
export interface Journey {
  readonly arrived: () => void;
  readonly lost: () => void;
}

interface Piece {
  readonly what: Uint8Array | "end" | "reset";
  readonly due: number;
  readonly journey: Journey;
}

export interface Flow {
  /** Looks again whether something may arrive: call when silence ends. */
  look(): void;
}

export function createFlow(from: Socket, to: Socket, way: Way): Flow {
  const pieces: Piece[] = [];
  let underWay = 0;
  let lastDue = 0;
  let timer: NodeJS.Timeout | undefined;

  function setOut(what: Piece["what"]): void {
    const { latency, jitter, bytesPerSecond } = way.conditions();
    const now = performance.now();
    const length = typeof what === "string" ? 0 : what.length;
    const sending = bytesPerSecond > 0 ? (length / bytesPerSecond) * 1000 : 0;
    const due = Math.max(now + latency + jitter * way.fraction(), lastDue) + sending;
    lastDue = due;
    underWay += length;
    pieces.push({ what, due, journey: way.onSent(length, due - now) });
    if (underWay > MOST_UNDER_WAY) from.pause();
    look();
  }

  function look(): void {
    clearTimeout(timer);
    if (to.destroyed) for (const { journey } of pieces.splice(0)) journey.lost();
    const first = pieces[0];
    if (!first || way.silent()) return;
    const wait = first.due - performance.now();
    if (wait > 0.5) timer = setTimeout(arrive, wait);
    else arrive();
  }

  function arrive(): void {
    const now = performance.now();
    while (!to.destroyed && !way.silent() && (pieces[0]?.due ?? Infinity) <= now + 0.5) {
      const { what, journey } = pieces.shift() as Piece;
      journey.arrived();
      if (what === "reset") breakOff(to);
      else if (what === "end") to.end();
      else {
        underWay -= what.length;
        to.write(what);
      }
    }
    if (underWay <= MOST_UNDER_WAY && from.isPaused()) from.resume();
    look();
  }

  from.on("data", setOut);
  from.on("end", () => setOut("end"));
  from.on("close", () => setOut("reset"));
  to.on("close", look);
  return { look };
}

/** Ends a socket at once. A connection whose sending side has been ended in order cannot be reset any more. */
export function breakOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
