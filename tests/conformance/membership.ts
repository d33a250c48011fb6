/** The golden membership files, taken in their order: what a node believes afterwards. */
import { utf8 } from "@wardline/protocol/encoding";
import {
  acceptCard,
  acceptFreshness,
  acceptRoot,
  acceptRoster,
  acceptSuccessor,
  acceptSuspension,
  decodeFile,
  startTrust,
  type FederationFile,
  type FileType,
  type Trust,
} from "@wardline/protocol/roster";

export interface GoldenMembership {
  now: number;
  federation: string;
  accepted: { type: FileType; file: object }[];
  refused: { code: string; type: FileType; file: object }[];
  members: {
    id: string;
    keyId: string;
    seeds: { ed25519: string; mldsa65: string; sealing: string };
    sealingKeyId: string;
    peerId: string;
    words: string[];
  }[];
}

export const fileOf = (json: object): FederationFile => decodeFile(utf8(JSON.stringify(json)));
export const accept = {
  root: acceptRoot,
  roster: acceptRoster,
  freshness: acceptFreshness,
  suspension: acceptSuspension,
  card: acceptCard,
  successor: acceptSuccessor,
} satisfies Record<FileType, unknown>;

export function membershipTrust({ accepted: [first, ...others], now }: GoldenMembership): Trust {
  return others.reduce<Trust>(
    (held, { type, file }) => accept[type](held, fileOf(file), now),
    startTrust(fileOf(first?.file ?? {}), now),
  );
}
