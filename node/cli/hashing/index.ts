/**
 * The commands for pictures, videos and hash lists: hash, compare, match, index, cluster, list. They need no node: no
 * configuration, no key, no federation. Each imports what it works with when it runs.
 */
import type { Command } from "commander";
import { addHash } from "./hash.ts";

export const hashingCommands: readonly string[] = ["hash"];

export function addHashing(program: Command): void {
  for (const add of [addHash]) add(program);
}
