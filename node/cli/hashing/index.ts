/**
 * The commands for pictures, videos and hash lists: hash, compare, match, index, cluster, list. They need no node: no
 * configuration, no key, no federation. Each imports what it works with when it runs.
 */
import type { Command } from "commander";
import { addCluster } from "./cluster.ts";
import { addCompare } from "./compare.ts";
import { addHash } from "./hash.ts";
import { addIndex } from "./index-commands.ts";
import { addList } from "./list.ts";
import { addMatch } from "./match.ts";

const commands = {
  hash: addHash,
  compare: addCompare,
  match: addMatch,
  index: addIndex,
  cluster: addCluster,
  list: addList,
};

export const hashingCommands: readonly string[] = Object.keys(commands);

export function addHashing(program: Command): void {
  for (const add of Object.values(commands)) add(program);
}
