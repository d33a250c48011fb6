/**
 * What this member says. A statement is signed once and queued once for each recipient, with a sequence number that it
 * keeps however often it is tried. The rows are the truth; the queues in memory are their waiting part.
 */
import { hex, type Random } from "@wardline/protocol/encoding";
import type { Receipt } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import type { Trust } from "@wardline/protocol/roster";
import {
  checkStatement,
  signStatement,
  type PayloadOf,
  type SignedStatement,
  type Statement,
  type StatementType,
} from "@wardline/protocol/statements";
import type { Commit, Unit } from "../../commit/index.ts";
import type { Reader } from "../../store/index.ts";
import type { Keyring } from "../../vault/index.ts";
import { deliveries, said, sequences, type Delivery } from "./collections.ts";
import { withoutContent } from "./keeping.ts";
import { beginOf } from "./numbering.ts";

export interface Saying<T extends StatementType> {
  readonly type: T;
  readonly to: readonly MemberId[];
  readonly payload: PayloadOf<T>;
  readonly after?: readonly string[];
  readonly matter?: string;
  readonly legalBasis?: string;
  readonly handling?: Statement["handling"];
  /** The report it is about: where custody and deliveries show it. Empty when it is about none. */
  readonly about: string;
}

/** One delivery that is not settled, as the sender works on it. */
export interface Waiting {
  readonly statement: string;
  readonly to: MemberId;
  readonly sequence: number;
  readonly about: string;
  /** Bytes of the statement. */
  readonly size: number;
  /** Settled as `unsupported` before; asked again once, in case the recipient was upgraded. */
  readonly again: boolean;
  attempts: number;
  /** Milliseconds before which it is not tried. */
  notBefore: number;
  inFlight: boolean;
  /** Code of what hindered the last attempt. */
  problem?: string;
}

export interface OutboxServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly random: Random;
  /** In which deliveries are numbered now. */
  readonly epoch: number;
  /** Code of what keeps everything for a member waiting, if anything does. */
  readonly hindrance: (to: MemberId) => string | undefined;
  /** Called when something was queued for a member. */
  readonly onQueued: (to: MemberId) => void;
}

export interface Outbox {
  /** Signs and queues. Throws what `checkStatement` throws, so that nothing is said that must be refused. */
  say<T extends StatementType>(unit: Unit, saying: Saying<T>): Promise<string>;
  /** Reads the waiting deliveries from the store; once, at start. */
  load(): Promise<void>;
  /** Deliveries to a member that are not settled, in the order of their sequence. */
  waitingFor(to: MemberId): ReadonlyMap<number, Waiting>;
  recipients(): Iterable<MemberId>;
  /** The signed statement of a delivery. */
  statement(id: string): Promise<Pick<SignedStatement, "bytes" | "signature" | "keyId"> | SignedStatement>;
  /** Writes down what a receipt says, and ends the retries. */
  settle(waiting: Waiting, receipt: Receipt): Promise<void>;
  /** Queues again what the member had receipted and, being restored, has no more. */
  requeue(to: MemberId, sequences: readonly number[]): Promise<void>;
  highestSequence(to: MemberId): Promise<number>;
  deliveriesAbout(reader: Reader, about: string): Promise<Delivery[]>;
}

/** Bytes of signed statements kept at hand between saying and sending. */
const CACHE_BYTES = 16 * 1024 * 1024;

export function createOutbox(services: OutboxServices): Outbox {
  const { commit, self, keyring, random } = services;
  const queues = new Map<MemberId, Map<number, Waiting>>();
  const cache = createCache(CACHE_BYTES);

  function queueOf(to: MemberId): Map<number, Waiting> {
    let queue = queues.get(to);
    if (!queue) queues.set(to, (queue = new Map()));
    return queue;
  }

  function enqueue(delivery: Delivery): void {
    const { statement, to, sequence, about, size, state } = delivery;
    const waiting = { statement, to, sequence, about, size, again: state === "unsupported" };
    queueOf(to).set(sequence, { ...waiting, attempts: 0, notBefore: 0, inFlight: false });
  }

  async function say<T extends StatementType>(unit: Unit, saying: Saying<T>): Promise<string> {
    const { about, to, after, ...content } = saying;
    const id = newStatementId(unit.now, random);
    const draft = { ...content, to: [...to], id, author: self, created: unit.now, after: [...(after ?? [])] };
    const signed = signStatement(draft, keyring.identity, services.trust().federationId);
    checkStatement(signed.statement, services.trust());
    unit.put(said, [id], { bytes: signed.bytes, signature: signed.signature, keyId: signed.keyId });
    const toSend = withoutContent(signed);
    const queued: Delivery[] = [];
    const part = { statement: id, type: saying.type, about, size: signed.bytes.length };
    for (const recipient of to) queued.push(await queue(unit, recipient, part));
    unit.record({
      kind: "statement.sent",
      subject: about === "" ? [] : [about],
      actor: self,
      detail: { statement: id, type: saying.type, hash: signed.hash, to: [...to] },
    });
    unit.afterCommit(() => {
      cache.put(toSend);
      for (const delivery of queued) enqueue(delivery);
      for (const recipient of to) services.onQueued(recipient);
    });
    return id;
  }

  async function queue(
    unit: Unit,
    to: MemberId,
    part: Pick<Delivery, "statement" | "type" | "about" | "size">,
  ): Promise<Delivery> {
    const sequence = await nextSequence(unit, to);
    const delivery: Delivery = { ...part, to, sequence, state: "waiting", at: unit.now };
    unit.put(deliveries, [to, sequence], delivery);
    return delivery;
  }

  async function nextSequence(unit: Unit, to: MemberId): Promise<number> {
    const sequence = Math.max((await unit.get(sequences, to)) ?? 0, beginOf(services.epoch)) + 1;
    unit.put(sequences, [to], sequence);
    return sequence;
  }

  /** A delivery of an earlier epoch that is sent now gets its number in this one. */
  async function numberedNow(unit: Unit, delivery: Delivery): Promise<Delivery> {
    const { to, sequence } = delivery;
    if (sequence > beginOf(services.epoch)) return delivery;
    unit.delete(deliveries, [to, sequence]);
    return { ...delivery, sequence: await nextSequence(unit, to) };
  }

  async function renumber(unit: Unit, delivery: Delivery): Promise<Delivery> {
    const now = await numberedNow(unit, delivery);
    unit.put(deliveries, [now.to, now.sequence], now);
    return now;
  }

  async function settle(waiting: Waiting, receipt: Receipt): Promise<void> {
    await commit.run(async (unit) => {
      const delivery = await unit.get(deliveries, waiting.to, waiting.sequence);
      if (!delivery || isOlder(receipt, delivery)) return;
      const { result, code, number, at, checkpoint } = receipt;
      const detail = code === undefined ? {} : { detail: code };
      unit.put(deliveries, [waiting.to, waiting.sequence], {
        ...delivery,
        state: result,
        ...detail,
        at: unit.now,
        receipt: { number, at, checkpoint },
      });
      const { statement, type, about } = delivery;
      unit.record({
        kind: result === "rejected" ? "statement.rejected" : "statement.receipted",
        subject: about === "" ? [] : [about],
        actor: waiting.to,
        detail: { statement, type, to: waiting.to, result, number, ...(code === undefined ? {} : { code }) },
      });
      unit.announce({ topic: "deliveries", id: about });
    });
    queueOf(waiting.to).delete(waiting.sequence);
    cache.drop(waiting.statement);
  }

  async function requeue(to: MemberId, lost: readonly number[]): Promise<void> {
    const queued: Delivery[] = [];
    await commit.run(async (unit) => {
      for (const sequence of lost) {
        const delivery = await unit.get(deliveries, to, sequence);
        if (!delivery || delivery.state === "waiting" || delivery.state === "rejected") continue;
        const again = await numberedNow(unit, { ...delivery, state: "waiting" });
        queued.push(again);
        unit.put(deliveries, [to, again.sequence], again);
      }
    });
    for (const delivery of queued) enqueue(delivery);
    if (queued.length > 0) services.onQueued(to);
  }

  return {
    say,
    settle,
    requeue,
    async load() {
      const earlier: Delivery[] = [];
      for await (const { value } of commit.list(deliveries, { index: "unsettled" }))
        if (value.sequence > beginOf(services.epoch)) enqueue(value);
        else earlier.push(value);
      for (const delivery of earlier) enqueue(await commit.run((unit) => renumber(unit, delivery)));
    },
    waitingFor: queueOf,
    recipients: () => queues.keys(),
    async statement(id) {
      const kept = cache.get(id) ?? (await commit.get(said, id));
      if (kept) return kept;
      throw new Error("A delivery names a statement that is not in the store.");
    },
    highestSequence: async (to) => Math.max((await commit.get(sequences, to)) ?? 0, beginOf(services.epoch)),
    async deliveriesAbout(reader, about) {
      const found: Delivery[] = [];
      for await (const { value } of reader.list(deliveries, { index: "about", prefix: [about] })) {
        const waiting = value.state === "waiting" ? queues.get(value.to)?.get(value.sequence) : undefined;
        const problem = waiting && (services.hindrance(value.to) ?? waiting.problem);
        found.push(problem === undefined ? value : { ...value, detail: problem });
      }
      return found.sort((a, b) => a.at - b.at);
    },
  };
}

/**
 * 16 bytes: the time in milliseconds, then chance. Statements said one after another then lie one after another in the
 * databases of both sides, which would otherwise sort large records again with every few that come.
 */
function newStatementId(now: number, random: Random): string {
  return now.toString(16).padStart(12, "0") + hex(random(10));
}

/** A receipt that says nothing new: the one held has the same or a higher number. */
function isOlder(receipt: Receipt, { receipt: held, state }: Delivery): boolean {
  return state !== "waiting" && held !== undefined && receipt.number <= held.number;
}

/** Signed statements not yet delivered to everyone; the oldest give way, and are then read from the store. */
function createCache(most: number) {
  const held = new Map<string, SignedStatement>();
  let bytes = 0;
  const drop = (id: string) => {
    bytes -= held.get(id)?.bytes.length ?? 0;
    held.delete(id);
  };
  return {
    drop,
    get: (id: string) => held.get(id),
    put(signed: SignedStatement) {
      held.set(signed.statement.id, signed);
      bytes += signed.bytes.length;
      for (const [id] of held) if (bytes > most) drop(id);
    },
  };
}
