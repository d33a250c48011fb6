/**
 * Emergency suspensions: people at one holder of a freshness key propose one, a person at another holder signs it too, and
 * it is in force at every connected member within seconds. No node signs one by itself. It ends after 72 hours, or when
 * it is lifted in the same way.
 */
import { WardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import {
  buildSuspension,
  checkSuspensionProposal,
  fileHash,
  readSuspension,
  type FederationFile,
  type Suspension,
  type Trust,
} from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import { blind, defineCollection, type Reader } from "../../store/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import type { Link, Links } from "../hello/links.ts";
import type { AcceptedFiles } from "../membership/membership.ts";
import type { OfferedFile } from "../membership/files.ts";
import type { Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { countingKeys, holdersNow, isComplete, signWith, validSignatures } from "./keys.ts";
import { encodeProposal } from "./wire.ts";

const HOUR = 3_600_000;
/** Proposals of one holder that wait here; more are refused, so that none floods the others' pages. */
const MOST_OF_ONE = 16;

interface Stored {
  readonly file: FederationFile;
  /** The member whose people proposed it. */
  readonly from: MemberId;
  readonly at: number;
}

/** Key: hash. */
const proposals = defineCollection<Stored>("federation.suspension-proposals");

/** A proposal that waits for people. */
export interface SuspensionProposal extends Suspension {
  /** Hash of the file. */
  readonly id: string;
  readonly from: MemberId;
  readonly at: number;
  readonly signedHere: boolean;
  readonly signedBy: readonly MemberId[];
}

/** Whom to suspend and why; or which suspensions to lift, by their hashes. */
export type SuspensionWish = Pick<Suspension, "members" | "lifts" | "reason">;

export interface SuspendingServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly protocol: Protocol;
  readonly accept: (files: readonly OfferedFile[]) => Promise<AcceptedFiles>;
}

export interface Suspending {
  /** Whether this node holds a key that counts now. */
  mayPropose(reader: Reader): Promise<boolean>;
  waiting(reader: Reader): Promise<SuspensionProposal[]>;
  /**
   * Keeps a proposal here, unsigned. Throws `freshness/no-key`, and what `checkSuspensionProposal` refuses.
   * @returns its id
   */
  propose(unit: Unit, wish: SuspensionWish): Promise<string>;
  /** Signs it with this node's keys and passes it on; in force once enough have. Throws `freshness/no-such-proposal`, `freshness/no-key`. */
  sign(id: string): Promise<void>;
  putAway(unit: Unit, id: string): Promise<void>;
  /** A proposal that another holder sent. */
  receive(file: FederationFile, from: MemberId): Promise<void>;
  /** Ends suspensions at their time, and forgets what is no longer waited for. */
  membershipChanged(): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

export function createSuspending(services: SuspendingServices): Suspending {
  const { self, trust, commit, clock, links } = services;
  let lapse: (() => void) | undefined;

  async function* pending(reader: Reader): AsyncIterable<Stored & { readonly id: string }> {
    for await (const { value } of reader.list(proposals)) yield { ...value, id: fileHash(value.file) };
  }

  async function requireKeys(reader: Reader) {
    const keys = await countingKeys(reader, trust(), clock.now());
    if (keys.length > 0) return keys;
    throw new WardlineError("freshness/no-key", "This node holds no freshness key that counts.", {
      advice: "A member that holds one proposes; the membership page lists who does.",
    });
  }

  function put(unit: Unit, id: string, stored: Stored): void {
    unit.put(proposals, [blind(id)], stored);
    unit.announce({ topic: "membership", id });
  }

  function drop(unit: Unit, id: string): void {
    unit.delete(proposals, [blind(id)]);
    unit.announce({ topic: "membership", id });
  }

  const merged = (file: FederationFile, more: FederationFile): FederationFile => ({
    bytes: file.bytes,
    signatures: validSignatures(
      "suspension",
      { bytes: file.bytes, signatures: [...file.signatures, ...more.signatures] },
      trust(),
      clock.now(),
    ),
  });

  const isOver = ({ id, file }: { id: string; file: FederationFile }) =>
    readSuspension(file.bytes).expires <= clock.now() ||
    trust().suspensions.some((held) => fileHash(held.file) === id || held.value.lifts?.includes(id));

  /** In force if it is complete; else to the other holders, for their people. */
  async function passOn(file: FederationFile): Promise<void> {
    if (isComplete("suspension", file, trust(), clock.now())) {
      await services.accept([{ kind: "suspension", file }]);
      return;
    }
    const holders = new Set(holdersNow(trust(), clock.now()).map(({ member }) => member));
    await Promise.all(
      links
        .all()
        .filter(({ member }) => holders.has(member))
        .map((link) => send(link, file)),
    );
  }

  /** Sent again at the next hello of a new connection, so one that fails now is not lost. */
  async function send({ connection }: Link, file: FederationFile): Promise<void> {
    const request = encodeProposal("suspension", file);
    await services
      .registrar()
      .ask(connection, services.protocol, request)
      .catch(() => undefined);
  }

  links.onLinked((link) => void resend(link).catch(() => undefined));

  async function resend(link: Link): Promise<void> {
    if (!holdersNow(trust(), clock.now()).some(({ member }) => member === link.member)) return;
    for await (const one of pending(commit)) {
      if (!isOver(one) && one.file.signatures.length > 0) await send(link, one.file);
    }
  }

  function planLapse(): void {
    lapse?.();
    const next = Math.min(...trust().suspensions.map(({ value }) => value.expires));
    if (!Number.isFinite(next)) return;
    lapse = clock.after(
      Math.max(0, next - clock.now()),
      () => void services.accept([]).catch(() => undefined),
    );
  }

  async function membershipChanged(): Promise<void> {
    planLapse();
    const over = (await Array.fromAsync(pending(commit))).filter(isOver);
    if (over.length > 0) await commit.run((unit) => over.forEach(({ id }) => drop(unit, id)));
  }

  return {
    mayPropose: async (reader) => (await countingKeys(reader, trust(), clock.now())).length > 0,
    async waiting(reader) {
      const found = (await Array.fromAsync(pending(reader))).filter((one) => !isOver(one));
      return found.map(({ id, file, from, at }) => {
        const signedBy = signersIn(file);
        return { ...readSuspension(file.bytes), id, from, at, signedBy, signedHere: signedBy.includes(self) };
      });
    },
    async propose(unit, { members, lifts, reason }) {
      await requireKeys(unit);
      const times = { created: unit.now, expires: unit.now + 72 * HOUR };
      const bytes = buildSuspension({ federation: trust().federationId, ...times, members, lifts, reason });
      checkSuspensionProposal(trust(), bytes, unit.now);
      const file = { bytes, signatures: [] };
      put(unit, fileHash(file), { file, from: self, at: unit.now });
      return fileHash(file);
    },
    async sign(id) {
      const signed = await commit.run(async (unit) => {
        const stored = await unit.get(proposals, blind(id));
        if (!stored) throw gone();
        checkSuspensionProposal(trust(), stored.file.bytes, unit.now);
        const { bytes } = stored.file;
        const signatures = signWith("suspension", bytes, trust(), await requireKeys(unit));
        const file = merged(stored.file, { bytes, signatures });
        put(unit, id, { ...stored, file });
        return file;
      });
      await passOn(signed);
    },
    async putAway(unit, id) {
      if (!(await unit.has(proposals, blind(id)))) throw gone();
      drop(unit, id);
    },
    async receive(file, from) {
      const both = await commit.run(async (unit) => {
        checkSuspensionProposal(trust(), file.bytes, unit.now);
        const id = fileHash(file);
        const stored = await unit.get(proposals, blind(id));
        const waiting = (await Array.fromAsync(pending(unit))).filter((one) => one.from === from);
        if (!stored && waiting.length >= MOST_OF_ONE) {
          throw new WardlineError("freshness/too-many-proposals", "Too many proposals of this member wait.");
        }
        const next = { from, at: unit.now, ...stored, file: merged(stored?.file ?? file, file) };
        put(unit, id, next);
        return next.file;
      });
      if (isComplete("suspension", both, trust(), clock.now())) await passOn(both);
    },
    membershipChanged,
    async start() {
      await services.accept([]); // some may have run out while the node was down
      await membershipChanged();
    },
    stop: () => lapse?.(),
  };

  function signersIn(file: FederationFile): MemberId[] {
    const keys = new Set(file.signatures.map(({ keyId }) => keyId));
    return holdersNow(trust(), clock.now()).flatMap(({ id, member }) => (keys.has(id) ? [member] : []));
  }
}

const gone = () =>
  new WardlineError("freshness/no-such-proposal", "There is no such proposal any more.", {
    advice: "It came into force, ran out, or was put away; look at the page again.",
  });
