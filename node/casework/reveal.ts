/**
 * Looking at material. Previews come blurred and grey; more is a ticket: for one item, one level, one sign-in, one use,
 * a short time. Every look is in the ledger before its first byte leaves. Original bytes never go to a browser.
 */
import { hex, WardlineError } from "@wardline/protocol/encoding";
import type { Caller } from "../accounts/index.ts";
import type { Reader } from "../store/index.ts";
import type { Context } from "./context.ts";
import { requireItem } from "./reading.ts";
import type { Item } from "./records.ts";

type Level = "grey" | "clear";

interface Ticket {
  item: string;
  level: Level;
  reason?: string;
  session: string;
  expires: number;
}

export interface Reveals {
  preview(reader: Reader, item: string): Promise<Uint8Array>;
  /** @throws `casework/reason-needed` for a known item without a written reason, `casework/not-held` */
  ticket(
    reader: Reader,
    item: string,
    request: { level: Level; reason?: string | undefined },
    caller: Caller,
  ): Promise<{ ticket: string; expires: number }>;
  /** The picture, once. @throws `casework/no-such-ticket` */
  redeem(ticket: string, caller: Caller): Promise<Uint8Array>;
}

/** Tickets live in memory: after a restart a person asks again, and nothing was shown. */
export function createReveals(context: Context): Reveals {
  const { vault, decoder, videos, settings, clock, random, commit } = context;
  const tickets = new Map<string, Ticket>();

  function sweep(): void {
    for (const [id, { expires }] of tickets) if (expires <= clock.now()) tickets.delete(id);
  }

  return {
    async preview(reader, id) {
      const item = await requireItem(reader, id);
      if (item.state === "known")
        throw new WardlineError("casework/known-item", "This item is known already and is not shown again.", {
          advice: "If you must look, reveal it and write down why.",
        });
      return vault.readAll(held(item).preview, settings.largestPreview);
    },
    async ticket(reader, id, { level, reason }, caller) {
      const item = await requireItem(reader, id);
      held(item);
      checkReason(item, reason, settings.reasonLength);
      sweep();
      const ticket = hex(random(16));
      const expires = clock.now() + settings.ticketLifetime;
      tickets.set(ticket, {
        item: id,
        level,
        session: caller.session,
        expires,
        ...(reason && { reason: reason.trim() }),
      });
      return { ticket, expires };
    },
    async redeem(id, caller) {
      sweep();
      const ticket = tickets.get(id);
      if (!ticket || ticket.session !== caller.session) throw noSuchTicket();
      tickets.delete(id);
      const item = await requireItem(commit, ticket.item);
      const { original } = held(item);
      const { level, reason } = ticket;
      await commit.run(async (unit) => {
        const detail = { item: item.id, level, ...(reason !== undefined && { reason }) };
        const actor = `person:${caller.pseudonymFor(item.report)}`;
        unit.record({ kind: "item.viewed", subject: [item.report, item.id], actor, detail });
      });
      const how = { level, side: settings.revealSide };
      if (item.kind === "video") return (await videos.look(original, how)).sheet;
      return decoder.render(await vault.readAll(original, settings.largestOriginal), how);
    },
  };
}

function held({ original, preview }: Item): { original: string; preview: string } {
  if (original !== undefined && preview !== undefined) return { original, preview };
  throw new WardlineError("casework/not-held", "The material of this item is not held here.", {
    advice: "It stays with the organisation that captured it.",
  });
}

function checkReason(item: Item, reason: string | undefined, shortest: number): void {
  if (item.state !== "known" || (reason?.trim().length ?? 0) >= shortest) return;
  throw new WardlineError(
    "casework/reason-needed",
    "This item is known already: looking at it needs a written reason.",
    {
      advice: `Write at least ${shortest} characters; they stand in the record of the report.`,
    },
  );
}

const noSuchTicket = () =>
  new WardlineError("casework/no-such-ticket", "This ticket was used, has expired, or is not yours.", {
    advice: "Ask for the picture again.",
  });
