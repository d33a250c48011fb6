/**
 * Who holds the own feeds, and how far. A hello names the newest block that a member holds of each feed, and a block is
 * stored together with all that it does; so whoever names a block at or beyond a withdrawal's has applied it. That needs
 * no message of its own, holds for members that were away for long, and is taken back by itself when one was restored
 * from an older backup.
 */
import { audienceOf, blockHashOf, mayRead } from "@wardline/protocol/adverts";
import { hex } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { members, type Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import type { Hello } from "../hello/wire.ts";
import { blocks } from "./collections.ts";

/** The newest block that a member named in a hello. Key: feed of this node, member. */
const held = defineCollection<{ readonly height: number }>("federation.held");

/** A member that may read a feed, and whether it holds a block of it. */
export interface Holder {
  readonly member: MemberId;
  readonly holds: boolean;
}

export interface Holders {
  /** Notes what a member's hello says of a feed of this node. */
  heard(member: MemberId, theirs: Hello["feeds"][number]): Promise<void>;
  /** Every other member that is to hold the block at this height of an own feed, as far as it said so. */
  of(reader: Reader, feed: string, height: number): Promise<Holder[]>;
}

interface Services {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
}

export function createHolders({ self, trust, commit }: Services): Holders {
  return {
    async heard(member, { feed: bytes, height, head }) {
      const feed = hex(bytes);
      if ((await commit.get(held, feed, member))?.height === height) return;
      const ours = await commit.get(blocks, feed, height);
      // Another block at that height is no acknowledgement of ours; `sync` fetches it as evidence.
      if (!ours || blockHashOf(ours) !== hex(head)) return;
      await commit.run((unit) => {
        unit.put(held, [feed, member], { height });
        unit.announce({ topic: "adverts", id: self });
      });
    },
    async of(reader, feed, height) {
      const audience = audienceOf(feed, self);
      const readers = members(trust()).filter(
        ({ id, kind, status }) => id !== self && status !== "revoked" && audience && mayRead(audience, kind),
      );
      return Promise.all(
        readers.map(async ({ id }) => {
          const reached = (await reader.get(held, feed, id))?.height ?? -1;
          return { member: id, holds: reached >= height };
        }),
      );
    },
  };
}
