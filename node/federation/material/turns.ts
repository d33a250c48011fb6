/**
 * Who is given the next range. Members take turns, so that one which asks for much gets no more than another; a few
 * ranges are made at a time, which bounds memory; and all of them together keep to the bandwidth that was set.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Clock } from "../../telemetry/index.ts";

export interface TurnSettings {
  /** Bytes per second; 0 for no limit. */
  readonly bandwidth: number;
  /** Milliseconds; whoever would wait longer is asked to come back. */
  readonly longestWait: number;
}

export interface Turns {
  /** Runs `work` in the member's turn. @throws `material/holder-busy` when that is too far off */
  take<T>(member: MemberId, bytes: number, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly bytes: number;
  begin(): Promise<void>;
}

/** Ranges made at a time: while one is read from the disk, another is encrypted. */
const AT_ONCE = 2;

export function createTurns({ bandwidth, longestWait }: TurnSettings, clock: Clock): Turns {
  /** In the order of their turns; a member that is served goes to the end. */
  const waiting = new Map<MemberId, Waiting[]>();
  let waitingBytes = 0;
  let running = 0;
  /** When what was given is paid for, milliseconds. */
  let freeAt = 0;
  let timer: (() => void) | undefined;

  const time = (bytes: number) => (bandwidth === 0 ? 0 : (bytes / bandwidth) * 1000);

  function look(): void {
    while (running < AT_ONCE && waiting.size > 0) {
      const wait = freeAt - clock.now();
      if (wait > 0) {
        timer ??= clock.after(wait, () => ((timer = undefined), look()));
        return;
      }
      begin();
    }
  }

  function begin(): void {
    const [[member, queue] = []] = waiting;
    const next = queue?.shift();
    if (member === undefined || !queue || !next) return;
    waiting.delete(member);
    if (queue.length > 0) waiting.set(member, queue);
    waitingBytes -= next.bytes;
    freeAt = Math.max(freeAt, clock.now()) + time(next.bytes);
    running++;
    void next.begin().finally(() => {
      running--;
      look();
    });
  }

  return {
    take<T>(member: MemberId, bytes: number, work: () => Promise<T>): Promise<T> {
      const ahead = Math.max(0, freeAt - clock.now()) + time(waitingBytes);
      if (ahead > longestWait) {
        return Promise.reject(
          new WardlineError("material/holder-busy", "Too many members are being given material now."),
        );
      }
      const result = Promise.withResolvers<T>();
      const queue = waiting.get(member) ?? [];
      queue.push({ bytes, begin: () => work().then(result.resolve, result.reject) });
      waiting.set(member, queue);
      waitingBytes += bytes;
      look();
      return result.promise;
    },
  };
}
