/** The API of conversations: the same on every desk. */
import { z } from "zod";
import { idSchema, markings, statementTypes } from "@wardline/protocol/statements";
import { defineRoute, type Route } from "../../accounts/index.ts";
import { labelOf, type Context } from "../context.ts";
import { conversationDetail, conversationSummary, matterView, memberLabel, pointerView } from "../views.ts";
import { conversations, requireConversation } from "./collections.ts";
import { countUnread, markRead } from "./marks.ts";
import { matterViewOf, requireMatter } from "./matters.ts";
import { pointersFor } from "./pointers.ts";
import { conversationOf, summaryOf } from "./present.ts";
import { reply, startConversation } from "./write.ts";

const params = z.object({ id: idSchema });
const { text, references } = statementTypes["conversation.message"].payload.shape;
const message = z.object({
  text: text.trim().min(1),
  marking: z.enum(markings).default("amber"),
  references: references.unwrap().default([]),
});
const newest = 100;

export function conversationRoutes(context: Context): Route[] {
  const { commit } = context;
  return [
    defineRoute({
      method: "GET",
      path: "/conversations",
      permission: "conversation.read",
      summary: "Conversations with other members, the latest message first; all, or those about one report",
      query: z.object({
        report: idSchema.optional(),
        after: z.string().max(1024).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      response: z.object({ conversations: z.array(conversationSummary), next: z.string().optional() }),
      handler: async ({ query: { report, after, limit }, caller }) => {
        const found: z.infer<typeof conversationSummary>[] = [];
        let next: string | undefined;
        const order = report === undefined ? { index: "last" } : { index: "report", prefix: [report] };
        const from = after === undefined ? {} : { after };
        for await (const { value, cursor } of commit.list(conversations, {
          ...order,
          ...from,
          reverse: true,
          limit,
        })) {
          found.push(await summaryOf(context, commit, value, caller));
          next = cursor;
        }
        return { conversations: found, ...(found.length === limit && next !== undefined && { next }) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/conversations/unread",
      permission: "conversation.read",
      summary: "How many conversations hold something that the caller has not read",
      response: z.object({ conversations: z.number() }),
      handler: async ({ caller }) => ({ conversations: await countUnread(commit, caller) }),
    }),
    defineRoute({
      method: "GET",
      path: "/conversations/matter/:id",
      permission: "conversation.read",
      summary:
        "What is known here of a report that a conversation could be about, and which members it concerns",
      params,
      response: z.object({
        matter: matterView,
        members: z.array(memberLabel),
        /** Most characters of a message. */
        length: z.number(),
      }),
      handler: async ({ params: { id } }) => {
        const { report, members } = await requireMatter(context, commit, id);
        return {
          matter: await matterViewOf(context, commit, report),
          members: members.map((member) => labelOf(context, member)),
          length: context.settings.conversations.messageLength,
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/conversations/matter/:id/pointers",
      permission: "conversation.write",
      summary:
        "What a message about this report can point at: reports, items, hash records, notices and material known here",
      params,
      response: z.object({ pointers: z.array(pointerView) }),
      handler: async ({ params: { id } }) => ({ pointers: await pointersFor(context, commit, id) }),
    }),
    defineRoute({
      method: "POST",
      path: "/conversations",
      permission: "conversation.write",
      summary: "Open a conversation about a report that is known here, with the members named",
      body: message.extend({ report: idSchema, members: z.array(idSchema).min(1).max(100) }),
      response: conversationDetail,
      handler: async ({ body: { report, members, ...written }, caller }) => {
        const about = { report, members };
        const opened = await commit.run((unit) => startConversation(context, unit, about, written, caller));
        return conversationOf(context, commit, opened, caller, newest);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/conversations/:id",
      permission: "conversation.read",
      summary: "One conversation with its newest messages, the oldest of them first",
      params,
      query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(newest) }),
      response: conversationDetail,
      handler: async ({ params: { id }, query, caller }) =>
        conversationOf(context, commit, await requireConversation(commit, id), caller, query.limit),
    }),
    defineRoute({
      method: "POST",
      path: "/conversations/:id/messages",
      permission: "conversation.write",
      summary: "Write to all members of a conversation",
      params,
      body: message,
      response: conversationDetail,
      handler: async ({ params: { id }, body, caller }) => {
        const now = await commit.run((unit) => reply(context, unit, id, body, caller));
        return conversationOf(context, commit, now, caller, newest);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/conversations/:id/read",
      permission: "conversation.read",
      summary: "The caller has read up to this message",
      params,
      body: z.object({ upTo: z.number().int().min(1) }),
      response: z.object({ done: z.boolean() }),
      handler: async ({ params: { id }, body: { upTo }, caller }) => {
        await commit.run((unit) => markRead(unit, id, upTo, caller));
        return { done: true };
      },
    }),
  ];
}
