/**
 * The receiving side: transfers that go on over every interruption until the item is whole, or the grant ends, or a person
 * says otherwise. A transfer is a record and a job; the vault keeps what has come.
 *
 *   begin → active ⇄ waiting (a reason, and when it is tried again) → arrived
 *             ⇅ paused                                              → ended (a reason)
 *                                                                   → cancelled: what has come is dropped
 */
import { isWardlineError, type Random } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import type { Commit, Unit } from "../../commit/index.ts";
import type { MaterialSettings } from "../../configuration/settings/material.ts";
import type { Completion, JobRun, Jobs } from "../../jobs/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Grant, Receiving, Vault } from "../../vault/index.ts";
import type { Links } from "../hello/links.ts";
import { backOff } from "../transport/backoff.ts";
import type { Fetch } from "./fetch.ts";
import { createSpeed, type Speed } from "./speed.ts";

export interface NewTransfer {
  /** Chosen by the caller; one transfer an id. */
  readonly id: string;
  readonly from: MemberId;
  readonly grant: Grant;
  /** When the grant ends, milliseconds. */
  readonly expires: number;
}

interface StoredTransfer extends NewTransfer {
  readonly state: "active" | "paused" | "cancelled";
  /** Bytes of the encrypted form that were here when it last stopped. */
  readonly received: number;
  /** Attempts in a row that brought nothing. */
  readonly failures: number;
  /** Why it waits, and until when. */
  readonly waiting?: { readonly code: string; readonly until: number };
}

const transfers = defineCollection<StoredTransfer>("federation.transfers", {
  indexes: { from: ({ from }) => [[from]] },
});
const job = "federation.transfer";

/** How far a transfer is, for people. */
export interface TransferView {
  readonly state: "checking" | "arriving" | "verifying" | "waiting" | "paused";
  /** Bytes of the encrypted form, of `total`. */
  readonly received: number;
  readonly total: number;
  readonly perSecond: number;
  /** While it waits: why, and until when at the latest. */
  readonly code?: string;
  readonly until?: number;
}

export interface TransferHandlers {
  /** The item is whole, has the granted hash, and is in the vault under this id. */
  arrived(unit: Unit, id: string, item: string): Promise<void> | void;
  /** It will not arrive; what had come is dropped. */
  ended(unit: Unit, id: string, code: string): Promise<void> | void;
  /** Something to show has changed. */
  changed(unit: Unit, id: string): Promise<void> | void;
}

export interface Transfers {
  /** Fetches what was granted, from the unit's commit on. */
  begin(unit: Unit, transfer: NewTransfer): void;
  /** Stops for now; what has come stays. Does nothing when there is no such transfer. */
  pause(unit: Unit, id: string): Promise<void>;
  /** Goes on, at once also when it would have waited. */
  resume(unit: Unit, id: string): Promise<void>;
  /** Stops for good, and drops what has come; no handler is called. */
  cancel(unit: Unit, id: string): Promise<void>;
  view(reader: Reader, id: string): Promise<TransferView | undefined>;
  /** Says what becomes of transfers here. Once, before the start. */
  handle(handlers: TransferHandlers): void;
}

export interface TransferServices {
  readonly commit: Commit;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly links: Links;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly settings: MaterialSettings;
  readonly onFault: (error: unknown) => void;
}

/** What runs in this process. */
interface Running {
  readonly stop: AbortController;
  readonly speed: Speed;
  state: "checking" | "arriving" | "verifying";
  received: number;
  told: number;
}

/** What another attempt would meet again. */
const FINAL = [
  "vault/bad-grant",
  "vault/hash-mismatch",
  "vault/too-large",
  "material/unknown-grant",
  "material/grant-expired",
  "material/grant-withdrawn",
];
/** What a holder gives that is not the granted item. */
const WRONG = ["vault/bad-material", "vault/too-much", "material/wrong-length", "material/range"];

export function createTransfers(services: TransferServices): Transfers {
  const { commit, jobs, vault, links, clock, random, settings, onFault } = services;
  const running = new Map<string, Running>();
  const handlers: TransferHandlers[] = [];

  jobs.register<{ id: string }>(job, ({ id }, run) => attempt(id, run), { together: settings.together });
  // Who was away is back: whatever waits for it goes on.
  links.onLinked(({ member }) => {
    wake(member).catch(onFault);
  });

  async function attempt(id: string, { signal }: JobRun): Promise<Completion | void> {
    const transfer = await commit.get(transfers, id);
    if (!transfer || transfer.state === "paused") return undefined;
    if (transfer.state === "cancelled") return dropped(transfer, (unit) => unit.delete(transfers, [id]));
    if (transfer.expires <= clock.now()) return ending(transfer, "material/grant-expired");
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    signal.addEventListener("abort", onAbort);
    const { received } = transfer;
    const run: Running = { stop, speed: createSpeed(clock), state: "checking", received, told: clock.now() };
    running.set(id, run);
    try {
      const item = await fetched(transfer, run);
      return (unit) => arrived(unit, id, item);
    } catch (error) {
      signal.throwIfAborted();
      if (stop.signal.aborted) return undefined; // a person stopped it, and what follows is scheduled
      if (!isWardlineError(error)) throw error;
      return await failed(transfer, run, error.code);
    } finally {
      signal.removeEventListener("abort", onAbort);
      running.delete(id);
    }
  }

  async function fetched({ id, from, grant }: StoredTransfer, run: Running): Promise<string> {
    const { signal } = run.stop;
    const receiving = await vault.receive(grant);
    signal.throwIfAborted();
    show(id, run, "arriving", receiving.received);
    const onProgress = (received: number) => {
      run.speed.add(received - run.received);
      run.received = received;
      if (clock.now() - run.told >= settings.progressInterval) tell(id, run);
    };
    if (receiving.received < grant.sealedBytes)
      await services.fetch(from, grant, receiving, { signal, onProgress });
    show(id, run, "verifying", grant.sealedBytes);
    return (await receiving.finish()).id;
  }

  function show(id: string, run: Running, state: Running["state"], received: number): void {
    run.state = state;
    run.received = received;
    tell(id, run);
  }

  function tell(id: string, run: Running): void {
    run.told = clock.now();
    commit.run((unit) => changed(unit, id)).catch(onFault);
  }

  async function failed(transfer: StoredTransfer, run: Running, code: string): Promise<Completion> {
    const { id } = transfer;
    const failures = run.received > transfer.received ? 1 : transfer.failures + 1;
    const isLying = WRONG.includes(code) && failures >= settings.wrongAnswers;
    if (isLying || FINAL.includes(code)) return ending(transfer, code);
    const wait = backOff(failures, settings.retryFirst, settings.retryMost, random);
    return async (unit) => {
      const now = await unit.get(transfers, id);
      if (now?.state !== "active") return;
      const until = unit.now + wait;
      put(unit, now, { received: run.received, failures, waiting: { code, until } });
      jobs.schedule(unit, { kind: job, id, at: until, payload: { id } });
      await changed(unit, id);
    };
  }

  async function arrived(unit: Unit, id: string, item: string): Promise<void> {
    if ((await unit.get(transfers, id))?.state === "cancelled") return;
    unit.delete(transfers, [id]);
    for (const { arrived: tellHandler } of handlers) await tellHandler(unit, id, item);
  }

  /** Ends a transfer whose grant gives nothing any more: what has come is worth nothing without the rest. */
  async function ending(transfer: StoredTransfer, code: string): Promise<Completion> {
    return dropped(transfer, async (unit) => {
      unit.delete(transfers, [transfer.id]);
      for (const { ended } of handlers) await ended(unit, transfer.id, code);
    });
  }

  async function dropped({ grant }: StoredTransfer, then: Completion): Promise<Completion> {
    const receiving: Receiving | undefined = await vault.receive(grant).catch(() => undefined);
    await receiving?.abort();
    if (receiving) await vault.shred(receiving.id); // had it just become whole
    return then;
  }

  async function changed(unit: Unit, id: string): Promise<void> {
    for (const { changed: tellHandler } of handlers) await tellHandler(unit, id);
  }

  async function wake(member: MemberId): Promise<void> {
    for await (const { value } of commit.list(transfers, { index: "from", prefix: [member] }))
      if (isWaiting(value)) await commit.run((unit) => schedule(unit, value.id));
  }

  const isWaiting = ({ id, state, waiting }: StoredTransfer) =>
    state === "active" && waiting !== undefined && !running.has(id);

  const schedule = (unit: Unit, id: string) => jobs.schedule(unit, { kind: job, id, payload: { id } });

  /** Stops what runs of a transfer and stands in another state from then on. */
  async function stop(unit: Unit, id: string, state: "paused" | "cancelled"): Promise<void> {
    const transfer = await unit.get(transfers, id);
    if (!transfer || transfer.state === "cancelled" || transfer.state === state) return;
    put(unit, transfer, { state, received: running.get(id)?.received ?? transfer.received });
    if (state === "cancelled") schedule(unit, id);
    await changed(unit, id);
    unit.afterCommit(() => running.get(id)?.stop.abort());
  }

  async function resume(unit: Unit, id: string): Promise<void> {
    const transfer = await unit.get(transfers, id);
    if (!transfer || (transfer.state !== "paused" && !isWaiting(transfer))) return;
    put(unit, transfer, { state: "active", failures: 0 });
    schedule(unit, id);
    await changed(unit, id);
  }

  /** Writes a transfer as it was, with this changed; why it waited is said anew or not at all. */
  function put(
    unit: Unit,
    { id, from, grant, expires, state, received, failures }: StoredTransfer,
    change: Partial<StoredTransfer>,
  ): void {
    unit.put(transfers, [id], { id, from, grant, expires, state, received, failures, ...change });
  }

  return {
    begin(unit, transfer) {
      unit.put(transfers, [transfer.id], { ...transfer, state: "active", received: 0, failures: 0 });
      schedule(unit, transfer.id);
    },
    pause: (unit, id) => stop(unit, id, "paused"),
    resume,
    cancel: (unit, id) => stop(unit, id, "cancelled"),
    async view(reader, id) {
      const transfer = await reader.get(transfers, id);
      if (!transfer || transfer.state === "cancelled") return undefined;
      const total = transfer.grant.sealedBytes;
      const run = running.get(id);
      if (transfer.state === "paused")
        return { state: "paused", received: transfer.received, total, perSecond: 0 };
      if (run) return { state: run.state, received: run.received, total, perSecond: run.speed.rate() };
      return { state: "waiting", received: transfer.received, total, perSecond: 0, ...transfer.waiting };
    },
    handle: (those) => void handlers.push(those),
  };
}
