/** Who is connected: one link for each peer, made by a hello, ended with its connection. */
import type { Connection } from "@libp2p/interface";
import type { MemberId } from "@wardline/protocol/identity";
import type { Hello } from "./wire.ts";

export interface Link {
  readonly peer: string;
  readonly member: MemberId;
  readonly connection: Connection;
  /** Agreed in the hello; see agreement.ts. */
  readonly secret: Uint8Array;
  /** Which side of the hello we were: the opener repeats it. */
  readonly side: "opener" | "acceptor";
  /** When the peer last said something of itself, milliseconds. */
  heard: number;
  /** The latest hello of the peer, with all the heads that it has named. */
  theirs: Hello;
}

export interface Links {
  all(): Link[];
  /** A link to the member, if it is connected. */
  to(member: MemberId): Link | undefined;
  at(peer: string): Link | undefined;
  /** Adds a link; an older one to the same peer gives way, since the peer has given it up. */
  add(link: Link): void;
  onLinked(listen: (link: Link) => void): void;
  onUnlinked(listen: (link: Link) => void): void;
}

export function createLinks(): Links {
  const links = new Map<string, Link>();
  const linked: ((link: Link) => void)[] = [];
  const unlinked: ((link: Link) => void)[] = [];

  function remove(link: Link): void {
    if (links.get(link.peer) !== link) return;
    links.delete(link.peer);
    for (const listen of unlinked) listen(link);
  }

  return {
    all: () => [...links.values()],
    to: (member) => links.values().find((link) => link.member === member),
    at: (peer) => links.get(peer),
    add(link) {
      const old = links.get(link.peer);
      if (old) remove(old);
      if (old && old.connection !== link.connection) {
        old.connection.abort(new Error("The peer has connected anew."));
      }
      if (link.connection.status !== "open") return;
      links.set(link.peer, link);
      link.connection.addEventListener("close", () => remove(link));
      for (const listen of linked) listen(link);
    },
    onLinked: (listen) => void linked.push(listen),
    onUnlinked: (listen) => void unlinked.push(listen),
  };
}
