/**
 * Live events: one connection for all tabs. The tab that holds the Web Lock listens to the node and tells the others,
 * since browsers allow only six connections to one host over HTTP/1.1.
 */
export interface LiveEvent {
  readonly topic: string;
  readonly id: string;
}

/** The connection to the node was lost or is back: whatever is shown must be asked for again. */
export const connectionTopic = "connection";

/** Before a stream that the node refused or ended for good is tried again. */
const retryAfter = 3000;
/** A stream that opens later than this may have missed something; the pages of a fresh tab have just been fetched. */
const fresh = 1000;

const listeners = new Set<(event: LiveEvent) => void>();
const channel = new BroadcastChannel("wardline-live");
channel.onmessage = (message: MessageEvent<LiveEvent>) => tell(message.data);

function tell(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function tellEveryTab(event: LiveEvent): void {
  tell(event);
  channel.postMessage(event);
}

/** Calls `listener` for each event until the returned function is called. */
export function onLive(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes part in listening until the returned function is called (at sign-out). */
export function startLive(): () => void {
  const stop = new AbortController();
  const lead = () => listen(stop.signal);
  navigator.locks.request("wardline-live", { signal: stop.signal }, lead).catch(() => undefined);
  return () => stop.abort();
}

/** Listens to the node until `signal` aborts; the browser connects again by itself after most faults. */
function listen(signal: AbortSignal): Promise<void> {
  let behind = performance.now() > fresh;
  let lost = false;
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    source = new EventSource("/api/events");
    source.onmessage = (message: MessageEvent<string>) => tellEveryTab(JSON.parse(message.data) as LiveEvent);
    source.onopen = () => {
      if (behind) tellEveryTab({ topic: connectionTopic, id: "back" });
      behind = lost = false;
    };
    source.onerror = () => {
      if (!lost) tellEveryTab({ topic: connectionTopic, id: "lost" });
      behind = lost = true;
      if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, retryAfter);
    };
  }

  connect();
  return new Promise<void>((release) => {
    signal.addEventListener("abort", () => {
      clearTimeout(again);
      source.close();
      release();
    });
  });
}
