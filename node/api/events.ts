/**
 * Live events: what changed, as topic and id, to those who may know. An event carries no content; who may read the
 * thing asks for it. Events are hints: a client that was away reloads what it shows.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import {
  defineRoute,
  eventStream,
  hears,
  type Accounts,
  type Route,
  type ServerEvent,
} from "../accounts/index.ts";
import type { Announcement, Commit } from "../commit/index.ts";
import type { Clock } from "../telemetry/index.ts";

export interface EventSettings {
  /** Milliseconds between signs of life; also how soon an ended session loses its stream. */
  readonly heartbeat: number;
  /** Streams at once of one sign-in: tabs share one, so more is a mistake or a flood. */
  readonly perSession: number;
}

export interface EventParts {
  readonly settings: EventSettings;
  readonly commit: Pick<Commit, "onAnnounce">;
  readonly accounts: Pick<Accounts, "resume">;
  readonly clock: Clock;
}

/** A client that is this far behind is cut off; it connects again and reloads what it shows. */
const mostWaiting = 1000;

export function eventRoute({ settings, commit, accounts, clock }: EventParts): Route {
  const streams = new Map<string, number>();

  async function* follow(token: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const inbox = createInbox();
    const stopListening = commit.onAnnounce((events) => inbox.add(events));
    const onAbort = () => inbox.wake();
    signal.addEventListener("abort", onAbort);
    try {
      yield {}; // opens the stream at once
      while (!signal.aborted) {
        const cancelTimer = clock.after(settings.heartbeat, () => inbox.wake());
        await inbox.something();
        cancelTimer();
        // Asked anew each time: a stream must not outlive its session or its person's roles, nor keep them alive.
        const caller = await accounts.resume(token, { touch: false });
        if (!caller || signal.aborted || inbox.full()) return;
        const events = inbox.take().filter(({ topic }) => hears(caller.person.roles, topic));
        if (events.length === 0) yield {};
        for (const { topic, id } of events) yield { data: { topic, id } };
      }
    } finally {
      stopListening();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async function* counted(session: string, stream: AsyncGenerator<ServerEvent>): AsyncGenerator<ServerEvent> {
    streams.set(session, (streams.get(session) ?? 0) + 1);
    try {
      yield* stream;
    } finally {
      const left = (streams.get(session) ?? 1) - 1;
      if (left > 0) streams.set(session, left);
      else streams.delete(session);
    }
  }

  return defineRoute({
    method: "GET",
    path: "/events",
    permission: "signed-in",
    summary: "What changed, as it changes: server-sent events {topic, id}",
    response: eventStream,
    handler({ caller, cookie, signal }) {
      if ((streams.get(caller.session) ?? 0) >= settings.perSession) {
        throw new WardlineError("api/too-many-streams", "This sign-in has too many live connections.", {
          advice: "Close some of the workplace's tabs.",
        });
      }
      return counted(caller.session, follow(cookie.token ?? "", signal));
    },
  });
}

/** Announcements between two looks, each thing once. */
function createInbox() {
  const waiting = new Map<string, Announcement>();
  let wake: () => void = () => undefined;
  return {
    add(events: readonly Announcement[]): void {
      for (const event of events) {
        if (waiting.size < mostWaiting) waiting.set(`${event.topic} ${event.id}`, event);
      }
      wake();
    },
    full: () => waiting.size >= mostWaiting,
    wake: () => wake(),
    something: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.size > 0) resolve();
      }),
    take(): Announcement[] {
      const taken = [...waiting.values()];
      waiting.clear();
      return taken;
    },
  };
}
