/**
 * Live events: one connection for all tabs. The tab that holds the Web Lock listens to the node and tells the others,
 * since browsers allow only six connections to one host over HTTP/1.1.
 */
export interface LiveEvent {
  readonly topic: string;
  readonly id: string;
}

const listeners = new Set<(event: LiveEvent) => void>();
const channel = new BroadcastChannel("wardline-live");
channel.onmessage = (message: MessageEvent<LiveEvent>) => tell(message.data);

function tell(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

/** Calls `listener` for each event until the returned function is called. */
export function onLive(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes part in listening until the returned function is called (at sign-out). */
export function startLive(): () => void {
  const stop = new AbortController();
  const lead = () =>
    new Promise<void>((release) => {
      const source = new EventSource("/api/events");
      source.onmessage = (message: MessageEvent<string>) => {
        const event = JSON.parse(message.data) as LiveEvent;
        tell(event);
        channel.postMessage(event);
      };
      stop.signal.addEventListener("abort", () => {
        source.close();
        release();
      });
    });
  navigator.locks.request("wardline-live", { signal: stop.signal }, lead).catch(() => undefined);
  return () => stop.abort();
}
