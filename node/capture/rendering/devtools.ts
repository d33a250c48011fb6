/**
 * A client of the Chrome DevTools Protocol over the two pipes of `--remote-debugging-pipe`: JSON messages, each ended by a
 * zero byte. What the browser says is checked like anything from outside: it works on hostile pages.
 */
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { refuseRendering } from "./errors.ts";

/** What a command is sent to: a page, a frame of another process or a worker; without one, the browser. */
export type Session = string | undefined;

export interface DevTools {
  /**
   * Sends a command and waits for its answer. `shape` is what is read from it; without one, nothing is.
   * Errors: `capture/rendering-crashed` when the browser ends, `capture/rendering-refused` when it refuses the command.
   */
  send(method: string, parameters?: object, session?: Session): Promise<unknown>;
  ask<T>(shape: z.ZodType<T>, method: string, parameters?: object, session?: Session): Promise<T>;
  /** Called with every event until the browser ends. */
  listen(listener: (event: DevToolsEvent) => void): void;
}

export interface DevToolsEvent {
  method: string;
  params: unknown;
  session: Session;
}

const message = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
  sessionId: z.string().optional(),
});

export interface Pipes {
  /** To the browser. */
  commands: Writable;
  /** From the browser. */
  answers: Readable;
  /** Most bytes of one message. */
  most: number;
  /** Told once when the browser says what cannot be read. */
  onNonsense: (error: unknown) => void;
}

/** `ended` rejects when the browser has ended. */
export function createDevTools(pipes: Pipes, ended: Promise<never>): DevTools {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  const listeners: ((event: DevToolsEvent) => void)[] = [];
  let last = 0;

  const receive = (text: string) => {
    const { id, method, params, result, error, sessionId } = message.parse(JSON.parse(text));
    if (method !== undefined) {
      for (const listener of listeners) listener({ method, params, session: sessionId });
    } else if (id !== undefined) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error) asked?.reject(refuseRendering("rendering-refused", { details: { said: error.message } }));
      else asked?.resolve(result);
    }
  };
  pipes.answers.on("data", splitAtZero(pipes.most, receive, pipes.onNonsense));
  pipes.commands.on("error", () => undefined); // the browser is gone: `ended` says so

  const send: DevTools["send"] = (method, params = {}, sessionId) => {
    const id = ++last;
    const answered = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    pipes.commands.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return Promise.race([answered, ended]);
  };
  return {
    send,
    ask: async (shape, ...command) => shape.parse(await send(...command)),
    listen: (listener) => void listeners.push(listener),
  };
}

/** Collects bytes into messages; pieces are joined once, when the zero byte comes. */
function splitAtZero(most: number, receive: (text: string) => void, onNonsense: (error: unknown) => void) {
  let pieces: Buffer[] = [];
  let held = 0;
  let broken = false;
  const take = (bytes: Buffer) => {
    for (let rest = bytes; rest.length > 0;) {
      const end = rest.indexOf(0);
      const piece = end < 0 ? rest : rest.subarray(0, end);
      pieces.push(piece);
      held += piece.length;
      if (held > most) throw new Error("a message longer than is read");
      if (end < 0) return;
      const whole = Buffer.concat(pieces).toString("utf8");
      [pieces, held] = [[], 0];
      receive(whole);
      rest = rest.subarray(end + 1);
    }
  };
  return (bytes: Buffer) => {
    if (broken) return;
    try {
      take(bytes);
    } catch (error) {
      broken = true;
      onNonsense(error);
    }
  };
}
