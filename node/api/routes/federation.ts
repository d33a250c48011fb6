/** The federation as people see it, and membership files carried by hand. */
import { z } from "zod";
import { WardlineError, text, utf8 } from "@wardline/protocol/encoding";
import {
  cardFile,
  decodeFile,
  encodeFile,
  expiriesOf,
  freshnessOf,
  rosterVersion,
} from "@wardline/protocol/roster";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { federationView } from "../../casework/index.ts";
import type { Federation } from "../../federation/index.ts";
import type { Clock } from "../../telemetry/index.ts";

type Mail = Awaited<ReturnType<Federation["mailboxView"]>>;

const kinds = z.enum(["root", "roster", "freshness", "suspension", "card", "successor"]);
/** As `wardline roster` writes it. Looked into only by the roster's own rules. */
const file = z.object({ payload: z.string(), signatures: z.array(z.record(z.string(), z.string())) });

function mailboxOf(view: Mail, members: readonly { readonly id: string; readonly name: string }[]) {
  const nameOf = (id: string) => members.find((one) => one.id === id)?.name ?? id;
  return {
    ...view,
    for: view.for.map(({ member: id, ...kept }) => ({ ...kept, member: { id, name: nameOf(id) } })),
  };
}

type Named = readonly { readonly id: string; readonly name: string }[];

function overLimitOf({ incidents, totals }: ReturnType<Federation["overLimit"]>, members: Named) {
  const nameOf = (id: string) => members.find((one) => one.id === id)?.name ?? id;
  const overLimit = incidents.map(({ member: id, ...incident }) => ({
    ...incident,
    member: { id, name: nameOf(id) },
  }));
  return { overLimit, limitsMet: totals };
}

/** A roster of 200 members with post-quantum keys and proofs is about 4 MB. */
const filesLimit = 16 * 1024 * 1024;

export function federationRoutes({ federation, clock }: { federation: Federation; clock: Clock }): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/federation",
      permission: "federation.read",
      summary: "Members, connections, and how fresh the membership is",
      response: federationView,
      async handler() {
        const trust = federation.trust();
        const members = await federation.membersView();
        return {
          federation: trust.federationId,
          rosterVersion: rosterVersion(trust),
          rosterExpires: trust.roster?.value.expires ?? 0,
          freshness: freshnessOf(trust, clock.now()),
          freshUntil: trust.freshness?.value.expires ?? 0,
          members,
          ...overLimitOf(federation.overLimit(), members),
          mailbox: mailboxOf(await federation.mailboxView(), members),
          expiries: expiriesOf(trust, clock.now()),
        };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/federation/files",
      permission: "federation.manage",
      summary: "Bring membership files by hand; each is judged by itself",
      bodyLimit: filesLimit,
      body: z.object({
        files: z
          .array(z.object({ kind: kinds, file }))
          .min(1)
          .max(512),
      }),
      response: z.object({
        accepted: z.number(),
        refused: z.array(z.object({ kind: kinds, code: z.string() })),
      }),
      async handler({ body }) {
        const files = body.files.map(({ kind, file: one }) => ({
          kind,
          file: decodeFile(utf8(JSON.stringify(one))),
        }));
        const { accepted, refused } = await federation.acceptFiles(files);
        return { accepted, refused: [...refused] };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/federation/card",
      permission: "federation.manage",
      summary: "This node's card as a file, to be carried to a member that cannot be reached",
      response: file,
      handler() {
        const card = cardFile(federation.trust(), federation.self.id);
        if (card) return Promise.resolve(file.parse(JSON.parse(text(encodeFile(card)))));
        throw new WardlineError("federation/card-not-found", "This node has no card yet.", {
          advice: "It makes its own a moment after its first start.",
        });
      },
    }),
  ];
}
