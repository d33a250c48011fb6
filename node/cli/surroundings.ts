/** What every command that opens a node needs: its configuration, and the passphrase when no key file unlocks it. */
import { systemRandom } from "@wardline/protocol/encoding";
import { loadConfiguration, type Configuration } from "../configuration/index.ts";
import type { Surroundings } from "../opening.ts";
import { createLog, systemClock } from "../telemetry/index.ts";
import { askSecret } from "./terminal.ts";

export const configOption = ["-c, --config <file>", "the node's configuration", "wardline.yaml"] as const;

/** @param isNew asks for the passphrase twice */
export async function surroundingsFor(
  configuration: Configuration,
  { isNew = false } = {},
): Promise<Surroundings> {
  const { keyFile, credential } = configuration;
  const asks = keyFile === undefined && credential === undefined;
  const passphrase = asks ? await askSecret("Passphrase of this node's data", { confirm: isNew }) : undefined;
  return { clock: systemClock, random: systemRandom, log: createLog("warn"), passphrase };
}

export async function openedConfiguration(path: string): Promise<[Configuration, Surroundings]> {
  const configuration = loadConfiguration(path);
  return [configuration, await surroundingsFor(configuration)];
}
