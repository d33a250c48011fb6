/**
 * Taking in what others say.
 *
 *   frame → whose is it, seen before? → check, open, verify → may the author say it? → one unit of work:
 *           envelope id · statement · handler's effect · ledger entry · receipt → on disk → sealed receipt back
 *
 * Everything before the unit runs without waiting, so that statements reach their handlers in the order they came in.
 */
import { WardlineError, isWardlineError, type Random } from "@wardline/protocol/encoding";
import {
  inspectHeader,
  openEnvelope,
  sealReceipt,
  type Header,
  type OpenedEnvelope,
} from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { freshnessOf, member, type Member, type Trust } from "@wardline/protocol/roster";
import {
  checkStatement,
  openStatement,
  type SignedStatement,
  type Statement,
} from "@wardline/protocol/statements";
import type { Commit, Unit } from "../../commit/index.ts";
import type { Ledger } from "../../ledger/index.ts";
import type { FederationLimits } from "../../configuration/settings/federation.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Keyring } from "../../vault/index.ts";
import type { Asker } from "../transport/protocol.ts";
import { received, type Received } from "./collections.ts";
import {
  countIn,
  keep,
  refuseTwoContents,
  rememberEnvelope,
  replayed,
  withoutContent,
  type Verdict,
} from "./keeping.ts";
import { createQuarantine } from "./quarantine.ts";

export interface ReceivedStatement {
  readonly signed: SignedStatement;
  readonly statement: Statement;
  readonly from: Member;
}

/** What a statement does here. Throwing a `WardlineError` rejects the statement with its code and leaves nothing behind. */
export interface StatementHandler {
  apply(unit: Unit, received: ReceivedStatement): Promise<void>;
}

export interface ReceiverServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly keyring: Keyring;
  readonly commit: Commit;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Most that is kept in quarantine, and of each member there and among what nothing here understands yet. */
  readonly shares: Pick<FederationLimits, "quarantine" | "quarantinePerMember" | "unsupportedPerMember">;
  /** A member's share is used up; what it sends is refused until there is room. */
  readonly onFull: (member: MemberId, what: "quarantine" | "statements") => void;
  /** Fetches membership files from the peer; the sender named a roster that we do not hold. */
  readonly catchUp: (asker: Asker) => Promise<void>;
}

export interface Receiver {
  handle(type: string, handler: StatementHandler): void;
  /** The sealed receipt for one envelope. Throws the envelope's refusal. */
  answer(envelope: Uint8Array, asker: Asker): Promise<Uint8Array>;
  /** The same for an envelope that another member brings than its sender: a mailbox kept it. */
  take(envelope: Uint8Array, asker: Asker): Promise<Uint8Array>;
  /** Judges what was kept unopened; call when membership is fresh again. */
  releaseQuarantine(): Promise<void>;
  /** Handles statements that an earlier version of this node did not know. */
  handleUnsupported(): Promise<void>;
}

/**
 * An opened envelope on its way to the disk, which takes its time: what the statement says is let go once its handler has seen it.
 * Up to 32 large statements at a time would be a hundred thousand small objects for the garbage collection to copy.
 */
interface Arrival extends OpenedEnvelope {
  /** Without its content. */
  readonly signed: SignedStatement;
  /** With it, until a handler takes it. */
  whole: SignedStatement | undefined;
  readonly verdict: Verdict;
}

function takeWhole(arrival: Arrival): SignedStatement {
  const { whole } = arrival;
  if (!whole) throw new Error("A statement was handed to its handler twice.");
  arrival.whole = undefined;
  return whole;
}

/** The handler's refusal, apart from any failure of the write path. */
class HandlerRefusal extends Error {
  readonly code: string;
  constructor(cause: WardlineError) {
    super(cause.message, { cause });
    this.code = cause.code;
  }
}

export function createReceiver(services: ReceiverServices): Receiver {
  const { commit, keyring, self, random } = services;
  const handlers = new Map<string, StatementHandler>();
  const seen = createMemory(100_000);
  const { shares, onFull } = services;
  const quarantined = createQuarantine({
    ...{ commit, log: services.log },
    most: shares.quarantine,
    perMember: shares.quarantinePerMember,
    onFull: (sender) => onFull(sender, "quarantine"),
  });

  async function answer(bytes: Uint8Array, asker: Asker): Promise<Uint8Array> {
    const header = inspectHeader(bytes);
    if (header.sender !== asker.member) {
      throw new WardlineError("envelope/another-peer", "The envelope comes from another member's peer.");
    }
    return admit(header, bytes, asker);
  }

  async function admit(header: Header, bytes: Uint8Array, asker: Asker): Promise<Uint8Array> {
    if (seen.has(header.id)) throw replayed();
    if (freshnessOf(services.trust(), services.clock.now()) === "expired")
      return quarantined.keep(header, bytes);
    try {
      return await receive(bytes);
    } catch (error) {
      if (!isWardlineError(error, "envelope/roster-ahead")) throw error;
      await services.catchUp(asker);
      return receive(bytes);
    }
  }

  async function receive(bytes: Uint8Array): Promise<Uint8Array> {
    const arrival = arrive(bytes);
    const kept = await settle(arrival);
    seen.add(arrival.header.id);
    return receipt(arrival, kept);
  }

  function arrive(bytes: Uint8Array): Arrival {
    const opened = openEnvelope(bytes, {
      trust: services.trust(),
      self,
      sealingKey: keyring.sealingSeed,
      now: services.clock.now(),
    });
    const { signed } = opened;
    return { ...opened, signed: withoutContent(signed), whole: signed, verdict: judge(signed.statement) };
  }

  function judge(statement: Statement): Verdict {
    try {
      checkStatement(statement, services.trust());
    } catch (error) {
      if (isWardlineError(error, "statement/unsupported")) return { result: "unsupported", code: error.code };
      if (isWardlineError(error)) return { result: "rejected", code: error.code };
      throw error;
    }
    if (handlers.has(statement.type)) return { result: "accepted" };
    return { result: "unsupported", code: "statement/no-handler" };
  }

  async function settle(arrival: Arrival): Promise<Received> {
    try {
      return await commit.run((unit) => store(unit, arrival, arrival.verdict));
    } catch (error) {
      if (!(error instanceof HandlerRefusal)) throw error;
      return commit.run((unit) => store(unit, arrival, { result: "rejected", code: error.code }));
    }
  }

  async function store(unit: Unit, arrival: Arrival, verdict: Verdict): Promise<Received> {
    const { header, signed } = arrival;
    const { statement } = signed;
    await rememberEnvelope(unit, header);
    await countIn(unit, arrival);
    const known = await unit.get(received, statement.id, statement.author);
    if (known && known.hash !== signed.hash) return refuseTwoContents(unit, known, signed);
    if (known) return { ...known, result: known.result === "accepted" ? "duplicate" : known.result };
    if (verdict.result === "accepted") await apply(unit, takeWhole(arrival));
    if (verdict.result === "unsupported") await refuseBeyondShare(unit, statement.author);
    return keep(unit, signed, verdict, 1);
  }

  /** Throws `federation/over-share`: the sender keeps its copy, and tries again. */
  async function refuseBeyondShare(unit: Unit, author: MemberId): Promise<void> {
    const kept = await unit.count(received, { index: "unsupportedOf", prefix: [author] });
    if (kept < shares.unsupportedPerMember) return;
    onFull(author, "statements");
    throw new WardlineError(
      "federation/over-share",
      "Too much is kept of this member that nothing here understands.",
    );
  }

  async function apply(unit: Unit, signed: SignedStatement): Promise<void> {
    const { statement } = signed;
    const from = member(services.trust(), statement.author);
    const handler = handlers.get(statement.type);
    if (!from || !handler) throw new Error("A statement was accepted that nobody handles.");
    try {
      await handler.apply(unit, { signed, statement, from });
    } catch (error) {
      throw isWardlineError(error) && !isOurFault(error) ? new HandlerRefusal(error) : error;
    }
  }

  function receipt(arrival: Arrival, kept: Received): Uint8Array {
    const { signed, epoch, sequence, header } = arrival;
    return sealReceipt({
      receipt: {
        statement: signed.statement.id,
        statementHash: signed.hash,
        epoch,
        sequence,
        at: kept.at,
        result: kept.result,
        ...(kept.code === undefined ? {} : { code: kept.code }),
        number: kept.number,
        attachments: [],
        logIndex: services.ledger.size,
        checkpoint: services.ledger.checkpoint()?.text ?? "",
      },
      trust: services.trust(),
      sender: { member: self, key: keyring.identity },
      recipient: header.sender,
      now: services.clock.now(),
      random,
    }).bytes;
  }

  async function handleUnsupported(): Promise<void> {
    for (const type of handlers.keys()) {
      const waiting: Received[] = [];
      for await (const { value } of commit.list(received, { index: "unsupported", prefix: [type] })) {
        waiting.push(value);
      }
      for (const kept of waiting) await handleAgain(kept);
    }
  }

  async function handleAgain(old: Received): Promise<void> {
    const signed = openStatement(old.bytes, old.signature, old.keyId, services.trust());
    const verdict = judge(signed.statement);
    if (verdict.result === "unsupported") return;
    const again = async (unit: Unit, outcome: Verdict) => {
      if (outcome.result === "accepted") await apply(unit, signed);
      keep(unit, signed, outcome, old.number + 1);
    };
    await commit
      .run((unit) => again(unit, verdict))
      .catch((error: unknown) => {
        if (!(error instanceof HandlerRefusal)) throw error;
        return commit.run((unit) => again(unit, { result: "rejected", code: error.code }));
      });
  }

  return {
    handle: (type, handler) => void handlers.set(type, handler),
    answer,
    take: async (bytes, asker) => admit(inspectHeader(bytes), bytes, asker),
    releaseQuarantine: () => quarantined.release(receive),
    handleUnsupported,
  };
}

/** Rooms whose errors say something about this node, not about the statement: the sender tries again. */
const ownRooms = ["store/", "commit/", "ledger/", "vault/", "jobs/"];
export const isOurFault = (error: WardlineError) => ownRooms.some((room) => error.code.startsWith(room));

/** The last `most` ids, or up to twice as many: cheap first aid before the store is asked. */
function createMemory(most: number) {
  let recent = new Set<string>();
  let older = new Set<string>();
  return {
    has: (id: string) => recent.has(id) || older.has(id),
    add(id: string) {
      recent.add(id);
      if (recent.size < most) return;
      older = recent;
      recent = new Set();
    },
  };
}
