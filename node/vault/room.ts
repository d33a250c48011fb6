/** Room on the disk: receptions stop before they fill it, since a node that cannot write its store stops altogether. */
import { statfs } from "node:fs/promises";
import { WardlineError } from "@wardline/protocol/encoding";

export interface Room {
  /** @throws `vault/no-room` when fewer than `bytes` and the reserve are free. */
  require(bytes: number): Promise<void>;
}

/** Room in the file system that holds `folder`, of which `reserve` bytes are never used. */
export function roomIn(folder: string, reserve: number): Room {
  return {
    async require(bytes) {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      if (free < bytes + reserve) throw noRoom({ free, needed: bytes + reserve });
    },
  };
}

const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

/** The same refusal when the disk fills up all the same: somebody else writes there, too. */
export function asNoRoom(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return FULL.some((full) => full === code) ? noRoom({}, error) : error;
}

function noRoom(details: Record<string, number>, cause?: unknown): WardlineError {
  return new WardlineError("vault/no-room", "The disk has no room for the item.", {
    advice: "Make room on the disk of the data folder; the transfer then goes on by itself.",
    details,
    cause,
  });
}
