/**
 * Envelopes that come while this node knows no fresh membership are kept unopened. The sender keeps its copies and tries
 * again; ours are only there to be judged at once when that is possible.
 */
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { Header } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import type { Commit } from "../../commit/index.ts";
import type { Log } from "../../telemetry/index.ts";
import { quarantine } from "./collections.ts";

export interface Quarantine {
  /** Always throws `federation/quarantined`, whether there was room or not. */
  keep(header: Header, bytes: Uint8Array): Promise<never>;
  /** Judges everything kept, and forgets it. */
  release(judge: (bytes: Uint8Array) => Promise<unknown>): Promise<void>;
}

export interface QuarantineServices {
  readonly commit: Commit;
  readonly log: Log;
  /** Envelopes kept at a time: of all members, and of each. */
  readonly most: number;
  readonly perMember: number;
  /** There was no room for one more of this member. */
  readonly onFull: (member: MemberId) => void;
}

export function createQuarantine({ commit, log, most, perMember, onFull }: QuarantineServices): Quarantine {
  return {
    async keep(header, bytes) {
      await commit.run(async (unit) => {
        const held = await unit.count(quarantine);
        const own = await unit.count(quarantine, { index: "sender", prefix: [header.sender] });
        if (own >= perMember) onFull(header.sender);
        else if (held < most) unit.put(quarantine, [header.id], { peer: header.sender, bytes });
      });
      throw new WardlineError(
        "federation/quarantined",
        "The recipient knows no fresh membership at the moment.",
      );
    },
    async release(judge) {
      for (const { key, value } of await Array.fromAsync(commit.list(quarantine))) {
        await judge(value.bytes).catch((error: unknown) => {
          const code = isWardlineError(error) ? error.code : "internal";
          log.warn({ code }, "quarantined envelope refused");
        });
        await commit.run((unit) => unit.delete(quarantine, key));
      }
    },
  };
}
