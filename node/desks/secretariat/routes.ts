/** The API of drafts: bring a draft or a signature, look, hand it to a signer, publish, discard. */
import { z } from "zod";
import { isWardlineError, text, utf8 } from "@wardline/protocol/encoding";
import { keyIdOf } from "@wardline/protocol/identity";
import {
  changesIn,
  checkDraft,
  draftTypes,
  encodeFile,
  progressOf,
  readFreshness,
  readRoot,
  readRoster,
  type DraftType,
} from "@wardline/protocol/roster";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, draftsView, draftView, type signingRoles } from "../../casework/index.ts";
import type { DeskServices } from "../desk.ts";
import { discard, drafts, publish, requireDraft, takeFile, wordsOf, type Draft } from "./drafts.ts";

const typeParams = z.object({ type: z.enum(draftTypes) });
/** As `wardline roster` writes it. Looked into only by the roster's own rules. */
const fileField = z.object({ payload: z.string(), signatures: z.array(z.record(z.string(), z.string())) });
/** A roster of the largest size, in base64 and with signatures. */
const fileLimit = 12 * 1024 * 1024;
const empty = z.object({});

export function draftRoutes(services: DeskServices): Route[] {
  const { commit } = services;
  return [
    defineRoute({
      method: "GET",
      path: "/membership/drafts",
      permission: "membership.read",
      summary: "Drafts of root, roster and freshness: what they change, who has signed, who is missing",
      response: draftsView,
      handler: async () => {
        const found = await Promise.all(draftTypes.map((type) => commit.get(drafts, type)));
        return { drafts: found.flatMap((draft) => (draft ? [viewOf(services, draft)] : [])) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/membership/drafts",
      permission: "federation.manage",
      summary: "Bring a draft, or signatures that came back from a holder",
      bodyLimit: fileLimit,
      body: z.object({ file: fileField }),
      response: draftView,
      handler: async ({ body, caller }) =>
        viewOf(services, await takeFile(services, utf8(JSON.stringify(body.file)), caller)),
    }),
    defineRoute({
      method: "GET",
      path: "/membership/drafts/:type/file",
      permission: "membership.read",
      summary: "The draft as a file, for a holder to sign",
      params: typeParams,
      response: fileField,
      handler: async ({ params }) =>
        fileField.parse(JSON.parse(text(encodeFile(await requireDraft(commit, params.type))))),
    }),
    defineRoute({
      method: "POST",
      path: "/membership/drafts/:type/publish",
      permission: "federation.manage",
      summary: "Publish a draft that enough holders in enough countries have signed",
      params: typeParams,
      response: empty,
      handler: async ({ params, caller }) => {
        await publish(services, params.type, caller);
        return {};
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/membership/drafts/:type",
      permission: "federation.manage",
      summary: "Put a draft away, with the signatures under it",
      params: typeParams,
      response: empty,
      handler: async ({ params, caller }) => {
        await discard(services, params.type, caller);
        return {};
      },
    }),
  ];
}

const reads = { root: readRoot, roster: readRoster, freshness: readFreshness };
const rolesOf: Record<DraftType, readonly (typeof signingRoles)[number][]> = {
  root: ["root", "next-root"],
  roster: ["registrars"],
  freshness: ["freshness"],
};

function viewOf({ federation, clock }: DeskServices, draft: Draft): z.infer<typeof draftView> {
  const { type, added, by } = draft;
  const now = clock.now();
  const trust = federation.trust();
  const signing = progressOf(trust, type, draft, now).map((role, at) => ({
    role: rolesOf[type][at] ?? "root",
    threshold: role.threshold,
    jurisdictions: role.jurisdictions,
    complete: role.complete,
    signers: role.signers.map(({ holder, jurisdiction, public: key, signed }) => ({
      ...{ holder, jurisdiction, signed },
      key: keyIdOf(key),
    })),
  }));
  const { version, expires } = reads[type](draft.bytes);
  return compact({
    ...{ type, version, expires, added, by, signing },
    words: wordsOf(draft),
    changes: changesIn(trust, type, draft.bytes).map((change) => ({ ...change, facts: [...change.facts] })),
    complete: signing.every((role) => role.complete),
    refused: refusalOf(() => checkDraft(trust, type, draft.bytes, now)),
  });
}

/** A draft ages: another file may have come into force since. */
function refusalOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isWardlineError(error)) return error.code;
    throw error;
  }
}
