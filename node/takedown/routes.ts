/** The API of notices. */
import { z } from "zod";
import { defineRoute, type Route } from "../accounts/index.ts";
import { approveNotice } from "./approve.ts";
import { board, waitingContacts } from "./board.ts";
import { markSentByHand } from "./byhand.ts";
import type { Context } from "./context.ts";
import { noticeDetails, noticesOfReport, previewNotice } from "./present.ts";
import { noticeStates } from "./records.ts";
import { noticeDetail, noticePreview, noticeView, takedownRow, waitingContact } from "./views.ts";

const idParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/u) });
const contact = z.string().min(3).max(2048);
const pageQuery = z.object({
  after: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const pageOf = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().optional() });

export function takedownRoutes(context: Context): Route[] {
  return [...ofReports(context), ...ofNotices(context), ...lists(context)];
}

const ofReports = (context: Context): Route[] => [
  defineRoute({
    method: "POST",
    path: "/reports/:id/notice",
    permission: "notice.approve",
    summary: "Approve the notice to the provider and the contact that it goes to",
    params: idParams,
    body: z.object({ approveContact: contact }),
    response: z.object({ notice: z.string(), state: z.enum(noticeStates), sendAt: z.number() }),
    handler: ({ params, body, caller }) => approveNotice(context, params.id, body.approveContact, caller),
  }),
  defineRoute({
    method: "POST",
    path: "/reports/:id/notice/preview",
    permission: "notice.approve",
    summary: "What a notice to this contact would say now, word for word; nothing is changed",
    params: idParams,
    body: z.object({ contact }),
    response: noticePreview,
    handler: ({ params, body }) => previewNotice(context, params.id, body.contact),
  }),
  defineRoute({
    method: "GET",
    path: "/reports/:id/notices",
    permission: "notice.read",
    summary: "The notices of a report, newest first",
    params: idParams,
    response: z.object({ notices: z.array(noticeView) }),
    handler: async ({ params }) => ({ notices: await noticesOfReport(context, params.id) }),
  }),
];

const ofNotices = (context: Context): Route[] => [
  defineRoute({
    method: "GET",
    path: "/notices/:id",
    permission: "notice.read",
    summary: "A notice with its words and what came back",
    params: idParams,
    response: noticeDetail,
    handler: ({ params }) => noticeDetails(context, params.id),
  }),
  defineRoute({
    method: "POST",
    path: "/notices/:id/sent",
    permission: "notice.approve",
    summary: "Say that a notice was sent by hand, with the contact's number if it gave one",
    params: idParams,
    body: z.object({ ticket: z.string().trim().min(1).max(80).optional() }),
    response: z.object({ done: z.boolean() }),
    handler: async ({ params, body, caller }) => {
      await markSentByHand(context, params.id, body.ticket, caller);
      return { done: true };
    },
  }),
];

const lists = (context: Context): Route[] => [
  defineRoute({
    method: "GET",
    path: "/takedowns",
    permission: "notice.read",
    summary: "What is still to be removed, oldest first, with its next step",
    query: pageQuery,
    response: pageOf(takedownRow),
    handler: ({ query }) => board(context, query),
  }),
  defineRoute({
    method: "GET",
    path: "/contacts/waiting",
    permission: "notice.read",
    summary: "Reports whose next contact waits for a person's approval, longest first",
    query: pageQuery,
    response: pageOf(waitingContact),
    handler: ({ query }) => waitingContacts(context, query),
  }),
];
