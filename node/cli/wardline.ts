#!/usr/bin/env node
/** The command line: makes, joins and runs a node, and keeps a federation's membership files. */
import { createProgram } from "./program.ts";
import { fail } from "./terminal.ts";

await createProgram().parseAsync().catch(fail);
