#!/usr/bin/env node
/** The command line: makes, joins and runs a node, keeps a federation's membership files, hashes and matches. */
import { addHashing, hashingCommands } from "./hashing/index.ts";
import { fail } from "./terminal.ts";
import { commandTree } from "./tree.ts";

const [asked = ""] = process.argv.slice(2);
const program = await programFor(asked);

await program.parseAsync().catch(fail);

/** Commands for files, those of registrars and those that call a workplace need nothing of a node: they do not wait for its code to load. */
async function programFor(name: string) {
  if (hashingCommands.includes(name)) return commandTree([addHashing]);
  if (name === "roster") return commandTree([(await import("./roster/index.ts")).addRoster]);
  if (name === "export") return commandTree([(await import("./export.ts")).addExport]);
  return (await import("./program.ts")).createProgram();
}
