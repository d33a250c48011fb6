/** The API of INTERPOL's inbox. */
import { z } from "zod";
import { statementTypes } from "@wardline/protocol/statements";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { compact, contributionView } from "../../casework/index.ts";
import type { Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";
import { giveOutcome } from "./contributions.ts";
import { requestMaterial, type Transfers } from "./material.ts";
import { contributionsOf, files, requests, requireFile, type OfferedFile } from "./records.ts";

const params = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/u) });
const { outcome, series } = statementTypes["icse.outcome"].payload.shape;
const { purpose } = statementTypes["material.request"].payload.shape;
type View = z.infer<typeof contributionView>;

export function contributionRoutes(services: DeskServices, transfers: Transfers): Route[] {
  const { commit } = services;
  const view = async (file: OfferedFile) => viewOf(services, commit, transfers, file);
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
  { casework }: DeskServices,
  reader: Reader,
  transfers: Transfers,
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
  const progress = transfers.get(sha256);
  const state = await stateOf(reader, file, progress !== undefined);
  return compact({
    sha256,
    verdict,
    mime,
    bytes,
    contributors,
    countries,
    state,
    progress,
    outcome: said,
    received,
  });
}

async function stateOf(
  reader: Reader,
  { request: id, material }: OfferedFile,
  running: boolean,
): Promise<View["state"]> {
  if (material !== undefined) return "verified";
  const request = id === undefined ? undefined : await reader.get(requests, id);
  if (!request || request.state === "ended") return "offered";
  return request.state === "granted" && running ? "transferring" : request.state;
}
