/**
 * The commands, as one tree. What needs the network is imported by the commands that use it, so that the others answer
 * at once.
 */
import type { Command } from "commander";
import { addCard } from "./card.ts";
import { addExport } from "./export.ts";
import { addHashing } from "./hashing/index.ts";
import { addInit } from "./init.ts";
import { addJoin } from "./join.ts";
import { addJurisdictions } from "./jurisdictions.ts";
import { addKeys } from "./keys/index.ts";
import { addPeople } from "./people.ts";
import { addRestore } from "./restore.ts";
import { addRoster } from "./roster/index.ts";
import { addStart } from "./start.ts";
import { commandTree } from "./tree.ts";

export { everyCommand } from "./tree.ts";

export function createProgram(): Command {
  return commandTree([
    addInit,
    addJoin,
    addStart,
    addPeople,
    addRestore,
    addKeys,
    addJurisdictions,
    addCard,
    addExport,
    addRoster,
    addHashing,
  ]);
}
