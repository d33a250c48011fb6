/**
 * `/wardline/hello/1`: two members agree on a secret and tell each other what they hold. Only then they count as
 * connected. The side that opened the hello repeats it; that is the sign of life.
 *
 *   opener                                     acceptor
 *   open    key id, encapsulation       ──►
 *                                       ◄──    key id, encapsulation, sealed hello
 *   finish  sealed hello                ──►    (linked)
 *   (linked)                            ◄──    nothing
 *   repeat  sealed hello                ──►    sealed hello, every half minute
 */
import type { Connection } from "@libp2p/interface";
import { WardlineError, encodeCbor, hex, unhex, type Random } from "@wardline/protocol/encoding";
import { decapsulate, encapsulate, type MemberId } from "@wardline/protocol/identity";
import { sealingKeyFor, type Trust } from "@wardline/protocol/roster";
import type { Clock } from "../../telemetry/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { readMessage } from "../transport/messages.ts";
import type { Asker, Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { agree, openHello, sealHello, type AgreementParts } from "./agreement.ts";
import type { Link, Links } from "./links.ts";
import { createNaming, knownHeads } from "./naming.ts";
import {
  helloOpenedSchema,
  helloRepeatedSchema,
  helloRequestSchema,
  helloSchema,
  type Hello,
  type HelloRequest,
} from "./wire.ts";

export interface GreetingServices {
  readonly protocol: Protocol;
  readonly registrar: () => Registrar;
  readonly links: Links;
  readonly keyring: Keyring;
  readonly trust: () => Trust;
  readonly memberOf: (peer: string) => MemberId | undefined;
  readonly peerId: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Our own hello, as that member shall read it, with the heads of all feeds. */
  readonly describe: (to: MemberId) => Promise<Hello>;
  /** Every hello received, the first one of a link included (after it was added). */
  readonly onHello: (link: Link, first: boolean) => void;
}

export interface Greetings {
  /** Greets the peer of a connection. Throws what refuses it. */
  greet(connection: Connection): Promise<Link>;
  /** Says hello again over a link that we opened. Throws when there is no answer. */
  repeat(link: Link): Promise<void>;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
  secretOf(connection: Connection): Uint8Array | undefined;
}

type Opening = Extract<HelloRequest, { step: "open" }>;

export function createGreetings(services: GreetingServices): Greetings {
  const { links, keyring, random, clock } = services;
  const secrets = new WeakMap<Connection, Uint8Array>();
  const naming = createNaming();
  const greeting = new Set<string>();
  /** Peers whose hello we have answered and that have not finished it. */
  const answering = new Map<string, { readonly connection: Connection; readonly since: number }>();
  const federationId = () => services.trust().federationId;

  async function greet(connection: Connection): Promise<Link> {
    const peer = connection.remotePeer.toString();
    const member = memberAt(peer);
    if (isAnswering(peer)) throw crossed();
    greeting.add(peer);
    try {
      const { opening, toAcceptor } = openTo(member);
      const opened = readMessage(helloOpenedSchema, await ask(connection, opening));
      const secret = agreeOn(connection, {
        opener: services.peerId,
        acceptor: peer,
        toAcceptor,
        toOpener: decapsulate(ownSeed(opened.key), opened.capsule),
        transcript: [opening.key, opening.capsule, opened.key, opened.capsule],
      });
      const theirs = readMessage(helloSchema, openHello(secret, "acceptor", opened.hello));
      const hello = await own(secret, "opener", { to: member, connection, all: true });
      await ask(connection, { step: "finish", hello });
      return link({ connection, peer, member, secret, side: "opener", theirs });
    } finally {
      greeting.delete(peer);
    }
  }

  /** The secret of this connection from here on. */
  function agreeOn(connection: Connection, parts: Omit<AgreementParts, "federationId">): Uint8Array {
    const secret = agree({ federationId: federationId(), ...parts });
    secrets.set(connection, secret);
    return secret;
  }

  function isAnswering(peer: string): boolean {
    const answered = answering.get(peer);
    if (!answered || answered.connection.status !== "open") return false;
    return clock.now() - answered.since < services.protocol.timeout;
  }

  function openTo(member: MemberId): { opening: Opening; toAcceptor: Uint8Array } {
    const key = theirKey(member);
    const { secret, ciphertext } = encapsulate(key.public, random);
    const federation = unhex(federationId(), 32);
    const opening = { step: "open" as const, federation, key: unhex(key.id, 32), capsule: ciphertext };
    return { opening, toAcceptor: secret };
  }

  const ask = (connection: Connection, request: HelloRequest) =>
    services.registrar().ask(connection, services.protocol, encodeCbor(request));

  async function answer(bytes: Uint8Array, { peer, connection }: Asker): Promise<Uint8Array> {
    const request = readMessage(helloRequestSchema, bytes);
    const member = memberAt(peer);
    if (request.step === "open") return answerOpening(request, member, peer, connection);
    const secret = secrets.get(connection);
    if (!secret) throw new WardlineError("hello/not-opened", "The hello was not opened.");
    const theirs = readMessage(helloSchema, openHello(secret, "opener", request.hello));
    if (request.step === "finish") {
      answering.delete(peer);
      link({ connection, peer, member, secret, side: "acceptor", theirs });
      return new Uint8Array();
    }
    hear(links.at(peer), theirs);
    const { all = false } = request;
    return encodeCbor({ hello: await own(secret, "acceptor", { to: member, connection, all }) });
  }

  async function answerOpening(
    opening: Opening,
    member: MemberId,
    peer: string,
    connection: Connection,
  ): Promise<Uint8Array> {
    // Both greet at once: the one with the lower peer id goes on, the other one answers.
    if (greeting.has(peer) && services.peerId < peer) throw crossed();
    if (hex(opening.federation) !== federationId()) {
      throw new WardlineError("hello/other-federation", "The peer belongs to another federation.");
    }
    const key = theirKey(member);
    const { secret: toOpener, ciphertext } = encapsulate(key.public, random);
    const own32 = unhex(key.id, 32);
    const secret = agreeOn(connection, {
      opener: peer,
      acceptor: services.peerId,
      toAcceptor: decapsulate(ownSeed(opening.key), opening.capsule),
      toOpener,
      transcript: [opening.key, opening.capsule, own32, ciphertext],
    });
    answering.set(peer, { connection, since: clock.now() });
    const hello = await own(secret, "acceptor", { to: member, connection, all: true });
    return encodeCbor({ key: own32, capsule: ciphertext, hello });
  }

  async function repeat(link: Link): Promise<void> {
    const { connection, secret, member } = link;
    const all = naming.startsOver(connection);
    try {
      const hello = await own(secret, "opener", { to: member, connection, all });
      const answered = await ask(connection, { step: "repeat", hello, ...(all && { all }) });
      const { hello: sealed } = readMessage(helloRepeatedSchema, answered);
      hear(link, readMessage(helloSchema, openHello(secret, "acceptor", sealed)));
    } catch (error) {
      // Who knows which of the two was heard.
      naming.startOver(connection);
      throw error;
    }
  }

  /** @param all - whether it names all heads: of two first hellos that cross, either may be the one that goes on */
  async function own(
    secret: Uint8Array,
    side: "opener" | "acceptor",
    { to, connection, all }: { to: MemberId; connection: Connection; all: boolean },
  ): Promise<Uint8Array> {
    const hello = await services.describe(to);
    if (all) naming.startOver(connection);
    const feeds = naming.next(connection, hello.feeds);
    return sealHello(secret, side, encodeCbor({ ...hello, feeds }), random);
  }

  function link(parts: Omit<Link, "heard">): Link {
    const made = { ...parts, heard: clock.now() };
    links.add(made);
    services.onHello(made, true);
    return made;
  }

  function hear(link: Link | undefined, theirs: Hello): void {
    if (!link) return;
    link.heard = clock.now();
    link.theirs = { ...theirs, feeds: knownHeads(link.theirs.feeds, theirs.feeds) };
    services.onHello(link, false);
  }

  function memberAt(peer: string): MemberId {
    const member = services.memberOf(peer);
    if (member) return member;
    throw new WardlineError("peer/not-a-member", "The peer stands on no member's card.");
  }

  function theirKey(member: MemberId) {
    const key = sealingKeyFor(services.trust(), member, clock.now());
    if (key) return key;
    throw new WardlineError("hello/no-sealing-key", "The member's card holds no sealing key for today.", {
      advice: "The member's node must publish a new card; until then what is for it waits.",
    });
  }

  function ownSeed(key: Uint8Array): Uint8Array {
    const seed = keyring.sealingSeed(hex(key));
    if (seed) return seed;
    throw new WardlineError("hello/unknown-sealing-key", "The peer used a sealing key that we do not hold.");
  }

  return { greet, repeat, answer, secretOf: (connection) => secrets.get(connection) };
}

const crossed = () =>
  new WardlineError("hello/crossed", "Both sides say hello at once; the lower peer id's goes on.");
