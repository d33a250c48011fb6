/** Server-sent events over one answer that stays open (WHATWG HTML, 9.2). */
import type { FastifyReply } from "fastify";
import type { ServerEvent } from "../accounts/index.ts";

/** A client that reads this slowly is cut off rather than buffered for. */
const mostUnread = 256 * 1024;

export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<ServerEvent>,
  signal: AbortSignal,
): Promise<FastifyReply> {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
  raw.write("retry: 2000\n\n");
  try {
    for await (const event of events) {
      if (signal.aborted || raw.writableLength > mostUnread) break;
      raw.write(format(event));
    }
  } catch {
    // The client connects again and meets the fault, if it lasts, as an answer with a code.
  } finally {
    raw.end();
  }
  return reply;
}

function format({ event, data }: ServerEvent): string {
  if (data === undefined) return ":\n\n";
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
