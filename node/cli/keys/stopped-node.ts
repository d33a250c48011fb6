/** A node that is not running, opened by a command with what it believes of its federation. */
import type { Member, Trust } from "@wardline/protocol/roster";
import type { Configuration } from "../../configuration/index.ts";
import type { Membership } from "../../federation/index.ts";
import { openDataFolder, type OpenedFolder, type Surroundings } from "../../opening.ts";
import { createLog } from "../../telemetry/index.ts";
import { openedConfiguration } from "../surroundings.ts";

export interface StoppedNode {
  readonly configuration: Configuration;
  readonly surroundings: Surroundings;
  readonly opened: OpenedFolder;
  readonly membership: Membership;
  /** This node's member, as the roster has it. */
  readonly self: Member;
  trust(): Trust;
  now(): number;
}

/** Throws `store/in-use` while the node runs, `federation/not-joined`, `federation/not-listed`. */
export async function withStoppedNode(
  config: string,
  work: (node: StoppedNode) => Promise<void>,
): Promise<void> {
  const { holderOf, openMembership } = await import("../../federation/index.ts");
  const [configuration, surroundings] = await openedConfiguration(config);
  const opened = await openDataFolder(configuration, surroundings, () => undefined);
  try {
    // What is refused, the command itself tells.
    const log = createLog("silent");
    const membership = await openMembership({ commit: opened.commit, clock: surroundings.clock, log });
    const { trust } = membership;
    const self = holderOf(trust(), opened.keyring.identity.public);
    const now = () => surroundings.clock.now();
    await work({ configuration, surroundings, opened, membership, self, trust, now });
  } finally {
    await opened.close();
  }
}
