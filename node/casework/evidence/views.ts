/** Evidence as people see it. */
import { z } from "zod";
import { camera } from "../../decode/index.ts";

const time = z.number().describe("Milliseconds since 1970, UTC.");

/** One file of a report's web archive. It is read by an export only. */
export const archiveView = z.object({
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  records: z.number(),
  from: time,
  to: time,
});

/** How one item came to be here. */
export const acquisitionView = z.object({
  item: z.string(),
  /** What fetched it. */
  tool: z.string(),
  at: time,
  /** In order: redirects, then the request that was answered with the file. */
  requests: z.array(
    z.object({
      url: z.string(),
      at: time,
      status: z.number().optional(),
      address: z.string().optional(),
      tls: z
        .object({
          protocol: z.string(),
          cipher: z.string(),
          trusted: z.boolean().optional(),
          chain: z.array(
            z.object({
              sha256: z.string(),
              subject: z.string(),
              issuer: z.string(),
              validFrom: time,
              validTo: time,
            }),
          ),
        })
        .optional(),
      archive: z.string().optional(),
      record: z.string().optional(),
    }),
  ),
  /** Of the file as it came, before any decoding. */
  received: z.object({ bytes: z.number(), sha256: z.string(), sha512: z.string() }),
});

/** What a camera wrote into an item's picture: data of people, for those who look at pictures, and proof of nothing. */
export const cameraView = z.object({
  item: z.string(),
  state: z.enum(["none", "unreadable", "found"]),
  camera: camera.optional(),
});
