/** The API of INTERPOL's inbox. */
import { z } from "zod";
import { statementTypes } from "@wardline/protocol/statements";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, contributionView } from "../../casework/index.ts";
import type { Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";
import { giveOutcome } from "./contributions.ts";
import { cancelRequest, requestMaterial, setTransfer } from "./material.ts";
import { contributionsOf, files, requests, requireFile, type OfferedFile, type Request } from "./records.ts";

const params = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/u) });
const { outcome, series } = statementTypes["icse.outcome"].payload.shape;
const { purpose } = statementTypes["material.request"].payload.shape;
type View = z.infer<typeof contributionView>;

export function contributionRoutes(services: DeskServices): Route[] {
  const { commit } = services;
  const view = async (file: OfferedFile) => viewOf(services, commit, file);
  return [
    defineRoute({
      method: "GET",
      path: "/contributions",
      permission: "contribution.read",
      summary: "Files that members offer, newest first, folded by SHA-256",
      response: z.object({ contributions: z.array(contributionView) }),
      handler: async () => {
        const found: View[] = [];
        for await (const { value } of commit.list(files, { index: "received", reverse: true, limit: 500 }))
          found.push(await view(value));
        return { contributions: found };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/contributions/:sha256/request",
      permission: "contribution.request",
      summary: "Ask one contributor for the material, with a purpose and a legal basis",
      params,
      body: z.object({
        member: z.string().regex(/^[0-9a-f]{32}$/u),
        purpose: purpose.min(3),
        legalBasis: z.string().trim().min(3).max(1000),
      }),
      response: contributionView,
      handler: async ({ params: { sha256 }, body, caller }) => {
        await commit.run((unit) => requestMaterial(services, unit, sha256, body, caller));
        return view(await requireFile(commit, sha256));
      },
    }),
    defineRoute({
      method: "POST",
      path: "/contributions/:sha256/cancel",
      permission: "contribution.request",
      summary: "Give up a request for material or its transfer; the holder is told",
      params,
      response: contributionView,
      handler: async ({ params: { sha256 }, caller }) => {
        await commit.run((unit) => cancelRequest(services, unit, sha256, caller));
        return view(await requireFile(commit, sha256));
      },
    }),
    ...(["pause", "resume"] as const).map((what) =>
      defineRoute({
        method: "POST",
        path: `/contributions/:sha256/${what}`,
        permission: "contribution.request",
        summary:
          what === "pause"
            ? "Let the transfer rest; what has come stays"
            : "Let the transfer go on; one that waits tries at once",
        params,
        response: contributionView,
        handler: async ({ params: { sha256 } }) => {
          await commit.run((unit) => setTransfer(services, unit, sha256, what));
          return view(await requireFile(commit, sha256));
        },
      }),
    ),
    defineRoute({
      method: "POST",
      path: "/contributions/:sha256/outcome",
      permission: "contribution.outcome",
      summary: "Tell every contributor what came of it",
      params,
      body: z.object({ outcome: outcome.exclude(["material-verified"]), series }),
      response: contributionView,
      handler: async ({ params: { sha256 }, body, caller }) => {
        const actor = (report: string) => `person:${caller.pseudonymFor(report)}`;
        return view(await commit.run((unit) => giveOutcome(services, unit, sha256, body, actor)));
      },
    }),
  ];
}

async function viewOf(
  { casework, federation }: DeskServices,
  reader: Reader,
  file: OfferedFile,
): Promise<View> {
  const { sha256, verdict, mime, bytes, received, outcome: said } = file;
  const contributors = (await contributionsOf(reader, sha256)).map(({ member, report, item, at, held }) => ({
    member: casework.label(member),
    report: report.id,
    reference: report.reference,
    item,
    at,
    held,
  }));
  const countries = [...new Set(contributors.map(({ member }) => member.country))];
  const request = file.request === undefined ? undefined : await reader.get(requests, file.request);
  const transfer = request && (await federation.material.transfers.view(reader, request.id));
  return compact({
    sha256,
    verdict,
    mime,
    bytes,
    contributors,
    countries,
    state: stateOf(file, request, transfer !== undefined),
    transfer,
    expires: transfer && request?.grant?.expires,
    reason: file.material === undefined ? request?.reason : undefined,
    outcome: said,
    received,
  });
}

function stateOf(
  { material }: OfferedFile,
  request: Request | undefined,
  isOnItsWay: boolean,
): View["state"] {
  if (material !== undefined) return "verified";
  if (!request || request.state === "ended" || request.state === "cancelled") return "offered";
  return request.state === "granted" && isOnItsWay ? "transferring" : request.state;
}
