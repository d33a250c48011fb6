/** Whom to connect to: members where their cards say, and introductions as long as no card names their peer. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import { memberOfPeer, type Trust } from "@wardline/protocol/roster";
import { places } from "./membership/directory.ts";
import type { Target } from "./supervisor.ts";

export function targetsOf(
  trust: Trust,
  self: MemberId,
  peerId: string,
  introduced: readonly Target[],
): Target[] {
  const known = places(trust, self).flatMap(({ peerIds, addresses }) =>
    peerIds.map((peer) => ({ peer, addresses: addresses.filter((address) => isOf(address, peer)) })),
  );
  return [
    ...known.filter(({ addresses }) => addresses.length > 0),
    ...introduced.filter(({ peer }) => peer !== peerId && !memberOfPeer(trust, peer)),
  ];
}

/** Reads an introduction. Throws `federation/introduction`. */
export function asTarget(address: string): Target {
  const peer = /\/p2p\/([^/]+)$/.exec(address)?.[1];
  if (peer) return { peer, addresses: [address] };
  throw new WardlineError(
    "federation/introduction",
    "An introduction does not end with /p2p/ and a peer id.",
    { advice: "Correct federation.introductions in the configuration; the invite lists them." },
  );
}

/** Whether an address of a card leads to this peer; one without a peer id leads to any of the card's. */
function isOf(address: string, peer: string): boolean {
  return !address.includes("/p2p/") || address.endsWith(`/p2p/${peer}`);
}
