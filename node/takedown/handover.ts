/** How a notice leaves: as one mail, or as requests to the provider's interface, each of them once. */
import { isWardlineError, WardlineError } from "@wardline/protocol/encoding";
import { requestsFor, type PostedRequest } from "./api/requests.ts";
import { threadOf } from "./compose.ts";
import { apiOf } from "./contacts.ts";
import type { Context } from "./context.ts";
import { attachmentsOf, messageIdOf } from "./mail.ts";
import { notices, type Notice, type WrittenNotice } from "./records.ts";

/** What the contact said at once, if it is one that answers. */
export interface Answer {
  acknowledged: true;
  /** The provider's own number. */
  id?: string;
}

/** @throws `takedown/mail-…`, `takedown/api-…`: `refused` for good, `deferred` for now */
export async function handOver(
  context: Context,
  notice: Notice,
  words: WrittenNotice,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (notice.way === "api") return post(context, notice, words, signal);
  const { mailer, sender, commit } = context;
  const { id, contact, marked, created } = notice;
  const follows = await threadOf(commit, notice);
  await mailer.send({
    from: sender.contact,
    to: contact,
    ...returnPathOf(context, notice),
    subject: words.subject,
    messageId: messageIdOf(id, sender.domain),
    ...(follows.length > 0 && { follows: follows.map((one) => messageIdOf(one, sender.domain)) }),
    date: marked?.at ?? created,
    language: words.language,
    text: words.text,
    attachments: attachmentsOf(words),
  });
  return undefined;
}

/** An address of this notice alone, so that bounces and answers find it (VERP, in the form of a sub-address, RFC 5233). */
function returnPathOf({ settings }: Context, { token }: Notice): { returnPath?: string } {
  const { address } = settings.replies;
  if (address === undefined) return {};
  const [local = "", domain = ""] = address.split("@");
  return { returnPath: `${local}+${token}@${domain}` };
}

async function post(
  context: Context,
  notice: Notice,
  words: WrittenNotice,
  signal: AbortSignal,
): Promise<Answer> {
  const api = apiOf(context.settings, notice.contact);
  if (!api)
    throw new WardlineError(
      "takedown/api-refused",
      "The provider's interface is not in the configuration any more.",
      {
        advice: "Put it back, or approve another contact.",
      },
    );
  let first: string | undefined;
  for (const request of requestsFor(api, notice, words, context.sender)) {
    const taken = notice.taken?.find(({ key }) => key === request.key);
    const { id } = taken ?? (await postOnce(context, notice.id, request, signal));
    first ??= id;
  }
  return { acknowledged: true, ...(first !== undefined && { id: first }) };
}

/** What was taken is on record before the next one goes, so that a second attempt does not post it again. */
async function postOnce(
  context: Context,
  id: string,
  request: PostedRequest,
  signal: AbortSignal,
): Promise<{ id?: string }> {
  const answer = await context.poster.post(request, signal);
  await context.commit.run(async (unit) => {
    const now = await unit.get(notices, id);
    if (now)
      unit.put(notices, [id], { ...now, taken: [...(now.taken ?? []), { key: request.key, ...answer }] });
  });
  return answer;
}

/** Attempts at which a provider that always says "later" is given up. */
const mostDelays = 20;
/** Longest wait that a provider's Retry-After is believed. */
const longestDelay = 24 * 60 * 60 * 1000;

/** When a provider said that it should be asked again, if it did. */
export function laterOf({ clock }: Context, { attempts }: Notice, error: unknown): number | undefined {
  if (!isWardlineError(error, "takedown/api-deferred") || attempts >= mostDelays) return undefined;
  const { retryAfter } = error.details as { retryAfter?: number };
  return retryAfter === undefined ? undefined : clock.now() + Math.min(retryAfter, longestDelay);
}
