/** One organisation's node: `startNode` runs it, the rest prepares its data folder. `wardline` is the same on the command line. */
export { loadConfiguration, type Configuration } from "./configuration/index.ts";
export { startNode, type NodeServices, type RunningNode, type StartOptions } from "./main.ts";
export { createDataFolder, openDataFolder, type OpenedFolder, type Surroundings } from "./opening.ts";
