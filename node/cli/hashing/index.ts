/**
 * The commands for pictures, videos and hash lists: hash, compare, match, index, cluster, list. They need no node: no
 * configuration, no key, no federation. Each imports what it works with when it runs.
 */
import type { Command } from "commander";
import { addCompare } from "./compare.ts";
import { addHash } from "./hash.ts";
import { addList } from "./list.ts";

const commands = { hash: addHash, compare: addCompare, list: addList };

export const hashingCommands: readonly string[] = Object.keys(commands);

export function addHashing(program: Command): void {
  for (const add of Object.values(commands)) add(program);
}
