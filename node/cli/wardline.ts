#!/usr/bin/env node
/** The command line: makes, joins and runs a node, keeps a federation's membership files, hashes and matches. */
import { addHashing, hashingCommands } from "./hashing/index.ts";
import { fail } from "./terminal.ts";
import { commandTree } from "./tree.ts";

/** Commands for files need nothing of a node, and are often called in loops: they do not wait for its code to load. */
const needsNode = !hashingCommands.includes(process.argv[2] ?? "");
const program = needsNode ? (await import("./program.ts")).createProgram() : commandTree([addHashing]);

await program.parseAsync().catch(fail);
