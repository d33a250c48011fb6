/** Reports that another member has assessed and passed on: ready for a notice, without a capture here. */
import { createHash } from "node:crypto";
import { factsSchema } from "@wardline/protocol/vocabulary";
import type { Site, TestMember } from "../desks/support.ts";
import { newId, type Place } from "../federation/support.ts";

/** A report with one baseline picture at `/SEED.jpg`, hosted where `site` is configured to be. Answers with its id. */
export async function receivedReport(
  member: TestMember,
  from: Place,
  site: Site,
  seed: number,
): Promise<string> {
  const body = Buffer.from(`picture ${seed}`);
  site.files.set(`/${seed}.jpg`, { type: "image/jpeg", body });
  const sha256 = createHash("sha256").update(body).digest("hex");
  const at = Date.now();
  const url = `${site.origin}/${seed}.html`;
  const { report } = await member.commit.run((unit) =>
    member.casework.receiveReport(unit, from.memberId, {
      report: { id: newId(), reference: `XB-${seed}` },
      url,
      receivedAt: at,
      capturedAt: at,
      hosting: {
        host: new URL(url).host,
        country: "XA",
        provider: "Example Hosting",
        source: "configured",
        tracedAt: at,
      },
      items: [
        {
          id: newId(),
          url: `${site.origin}/${seed}.jpg`,
          foundOn: url,
          kind: "image",
          mime: "image/jpeg",
          bytes: body.length,
          digests: { sha256 },
          assessments: [
            {
              id: newId(),
              author: from.memberId,
              pseudonym: "p",
              verdict: "baseline",
              facts: factsSchema.parse({}),
              vocabulary: { id: "wardline-core", version: "1" },
              basis: "seen",
              at,
            },
          ],
          held: true,
        },
      ],
    }),
  );
  return report.id;
}
