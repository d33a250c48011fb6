/** The process of the author in the benchmark of catching up: publishes, answers with its member id, and serves until it is let go. */
import type { AdvertRecord } from "@wardline/protocol/adverts";
import { hex, systemRandom } from "@wardline/protocol/encoding";
import { builtInVocabulary } from "@wardline/protocol/vocabulary";
import { PER_BLOCK } from "./catchup.ts";
import { openMember } from "./members.ts";

process.once("message", (task: { configurationFile: string; adverts: number }) => {
  serve(task).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
    process.exit(1);
  });
});

async function serve({ configurationFile, adverts }: { configurationFile: string; adverts: number }) {
  const { federation, commit, close } = await openMember(configurationFile);
  const publish = (records: AdvertRecord[]) =>
    commit.run((unit) => federation.publish(unit, records, "members"));
  for (let done = 0; done < adverts; done += PER_BLOCK * 8)
    await Promise.all(
      Array.from({ length: 8 }, (_, at) => Math.min(PER_BLOCK, adverts - done - at * PER_BLOCK))
        .filter((count) => count > 0)
        .map((count) => publish(Array.from({ length: count }, advert))),
    );
  // The next block names the snapshot that is due.
  if (adverts === 0) await publish([advert()]);
  await federation.start();
  process.once("disconnect", () => void federation.stop().then(close));
  process.send?.(federation.self.id);
}

/** As a hotline says of a picture. */
function advert(): AdvertRecord {
  const digest = (bytes: number) => hex(systemRandom(bytes));
  return {
    id: digest(16),
    action: "assert",
    digests: { sha256: digest(32), sha1: digest(20), md5: digest(16), pdq: digest(32), quality: 90 },
    facts: { age: "not-categorised", gender: "not-determined", flags: [] },
    verdict: "baseline",
    vocabulary: builtInVocabulary,
    basis: "seen",
    held: true,
    at: Date.now(),
  };
}
