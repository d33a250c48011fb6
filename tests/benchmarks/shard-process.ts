/** One process of the largest benchmark: shards of made-up hashes, asked by its parent. */
import { createShard, type Shard } from "@wardline/hashing/hamming";
import { randomHashes } from "./hashes.ts";

export type ShardQuestion =
  | { readonly do: "build"; readonly shards: number; readonly hashes: number; readonly seed: number }
  | {
      readonly do: "ask";
      readonly queries: readonly number[];
      readonly distance: number;
      readonly limit: number;
    }
  | { readonly do: "memory" };

const shards: Shard[] = [];

process.on("message", (question: ShardQuestion) => process.send?.(answer(question)));
process.on("disconnect", () => process.exit(0));

/** Hashes held, matches found, or bytes resident. */
function answer(question: ShardQuestion): number {
  switch (question.do) {
    case "build":
      for (let made = 0; made < question.shards; made++) {
        const shard = createShard({ capacity: question.hashes });
        shard.build(randomHashes(question.hashes, question.seed + made));
        shards.push(shard);
      }
      return shards.reduce((sum, { size }) => sum + size, 0);
    case "ask": {
      const queries = Uint32Array.from(question.queries);
      const { distance, limit } = question;
      return shards
        .flatMap((shard) => shard.queryBatch(queries, distance, limit))
        .reduce((sum, { total }) => sum + total, 0);
    }
    case "memory":
      return process.memoryUsage.rss();
  }
}
