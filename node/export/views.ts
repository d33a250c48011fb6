/** Exports as the workplace shows them. */
import { z } from "zod";

const time = z.number();

export const exportView = z.object({
  id: z.string(),
  report: z.string(),
  reference: z.string(),
  reason: z.string(),
  receiver: z.string(),
  recipients: z.array(z.string()),
  /** Whether the web archives go along: they hold every file that the site sent. */
  archives: z.boolean(),
  /** Items whose original files go along. */
  originals: z.array(z.string()),
  asked: time,
  state: z.enum(["waiting", "approved", "refused", "expired"]),
  approvals: z.array(z.object({ name: z.string(), at: time })),
  /** How many people it takes. */
  needed: z.number(),
  /** Why the caller cannot approve it (again). */
  blocked: z.string().optional(),
  refusal: z.string().optional(),
  expires: time.optional(),
  /** Every package that was made; `sent` once it left whole. */
  packages: z.array(
    z.object({
      at: time,
      files: z.number(),
      contents: z.string(),
      sent: z.object({ bytes: z.number(), sha256: z.string() }).optional(),
    }),
  ),
});
