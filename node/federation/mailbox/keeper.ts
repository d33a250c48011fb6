/**
 * The mailbox itself: it takes containers from their senders within quotas, gives them to nobody but their recipients, and
 * forgets them when these acknowledge, or when their time is over. It judges what it can see and opens nothing.
 */
import { WardlineError, hex, sha256 } from "@wardline/protocol/encoding";
import type { Header } from "@wardline/protocol/envelope";
import type { MemberId } from "@wardline/protocol/identity";
import { checkDeposit, openAcknowledgement, type Acknowledgement } from "@wardline/protocol/mailbox";
import { member, type Trust } from "@wardline/protocol/roster";
import type { Commit, Unit } from "../../commit/index.ts";
import type { FederationSettings } from "../../configuration/index.ts";
import { blind, type Entry, type Key } from "../../store/index.ts";
import type { Clock } from "../../telemetry/index.ts";
import { can } from "../capabilities.ts";
import { kept, keptBytes, unused, usages, type Kept } from "./collections.ts";
import { MOST_ON_PAGE } from "./wire.ts";

/** Bytes of containers in one answer, beyond the first container. */
const PAGE_BYTES = 1024 * 1024;
/** Removed in one unit of work: the next unit waits for it. */
const SWEPT_TOGETHER = 500;

export interface KeeperServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly settings: FederationSettings["mailbox"]["keep"];
}

/** What is kept here for others, as the operator sees it. */
export interface MailboxView {
  /** Whether the roster says that this member keeps mail for others. */
  readonly offered: boolean;
  readonly count: number;
  readonly bytes: number;
  readonly most: { readonly count: number; readonly bytes: number };
  readonly for: readonly { readonly member: MemberId; readonly count: number; readonly bytes: number }[];
}

export interface Page {
  readonly kept: { readonly number: number; readonly container: Uint8Array }[];
  readonly more: boolean;
}

export interface Keeper {
  /** Keeps a container of `depositor`; on disk when it resolves. Throws the refusals of protocol/README.md §11. */
  deposit(container: Uint8Array, depositor: MemberId): Promise<void>;
  /** What is kept for a member beyond a number. */
  collect(recipient: MemberId, after: number): Promise<Page>;
  /** Forgets what the recipient says to have. Throws as `openAcknowledgement`, and `acknowledgement/another-member`. */
  acknowledge(acknowledgements: readonly Uint8Array[], recipient: MemberId): Promise<void>;
  /** Forgets what has expired, and what nobody will take any more: of or for members that were revoked. */
  sweep(): Promise<void>;
  view(): Promise<MailboxView>;
}

export function createKeeper(services: KeeperServices): Keeper {
  const { self, trust, commit, clock, settings } = services;

  async function deposit(container: Uint8Array, depositor: MemberId): Promise<void> {
    if (!can(trust(), self, "mailbox")) throw refused("not-offered", "This member keeps no mail for others.");
    const header = checkDeposit(container, trust(), clock.now());
    if (header.sender !== depositor)
      throw new WardlineError("envelope/another-peer", "The envelope comes from another member's peer.");
    if (header.recipient === self)
      throw refused("recipient-is-here", "Envelopes for this member are delivered to it.");
    if (member(trust(), header.recipient)?.status !== "active")
      throw refused("recipient-not-active", "The recipient is not an active member.");
    const hash = hex(sha256(container));
    await commit.run((unit) => keep(unit, header, hash, container));
  }

  async function keep(unit: Unit, header: Header, hash: string, container: Uint8Array): Promise<void> {
    if ((await unit.count(kept, { index: "hash", prefix: [blind(hash)] })) > 0) return;
    const { id, sender, recipient, expires } = header;
    const size = container.length;
    const number = await charge(unit, { id, hash, sender, recipient, size, expires });
    unit.put(kept, [recipient, number], { id, hash, sender, recipient, size, expires });
    unit.put(keptBytes, [recipient, number], container);
    unit.announce({ topic: "federation", id: recipient });
  }

  /** Counts one more against every quota, and gives its number. Throws `mailbox/full`, and then has counted nothing. */
  async function charge(unit: Unit, { sender, recipient, size }: Kept): Promise<number> {
    const grown = await Promise.all(
      accountsOf(sender, recipient).map(async ({ key, of }) => {
        const usage = (await unit.get(usages, ...key)) ?? unused;
        const next = { count: usage.count + 1, bytes: usage.bytes + size, last: usage.last + 1 };
        const most = settings[of];
        if (next.count > most.count || next.bytes > most.bytes)
          throw refused(
            "full",
            "The mailbox keeps as much as it may, in all, of the sender or for the recipient.",
          );
        return { key, next };
      }),
    );
    for (const { key, next } of grown) unit.put(usages, key, next);
    return grown.at(-1)?.next.last ?? 0;
  }

  async function remove(unit: Unit, key: Key, { sender, recipient, size }: Kept): Promise<void> {
    for (const { key: account } of accountsOf(sender, recipient)) {
      const usage = (await unit.get(usages, ...account)) ?? unused;
      unit.put(usages, account, { ...usage, count: usage.count - 1, bytes: usage.bytes - size });
    }
    unit.delete(kept, key);
    unit.delete(keptBytes, key);
    unit.announce({ topic: "federation", id: recipient });
  }

  async function clear(unit: Unit, { hash, id, recipient }: Acknowledgement): Promise<void> {
    for await (const { key, value } of unit.list(kept, { index: "hash", prefix: [blind(hash)] }))
      if (value.recipient === recipient && value.id === id) await remove(unit, key, value);
  }

  function isOver({ expires, sender, recipient }: Kept): boolean {
    const gone = (id: MemberId) => member(trust(), id)?.status === "revoked";
    return expires <= clock.now() || gone(sender) || gone(recipient);
  }

  return {
    deposit,
    async collect(recipient, after) {
      const page: Page["kept"] = [];
      let bytes = 0;
      for await (const { key, value } of commit.list(kept, {
        prefix: [recipient],
        after: [recipient, after],
      })) {
        if (value.expires <= clock.now()) continue;
        bytes += value.size;
        if (page.length > 0 && (bytes > PAGE_BYTES || page.length >= MOST_ON_PAGE))
          return { kept: page, more: true };
        const container = await commit.get(keptBytes, ...key);
        if (container) page.push({ number: Number(key[1]), container });
      }
      return { kept: page, more: false };
    },
    async acknowledge(acknowledgements, recipient) {
      const opened = acknowledgements.map((bytes) => openAcknowledgement(bytes, trust(), clock.now()));
      if (opened.some((one) => one.recipient !== recipient))
        throw new WardlineError(
          "acknowledgement/another-member",
          "Only the recipient itself clears its mailbox.",
        );
      await commit.run(async (unit) => {
        for (const one of opened) await clear(unit, one);
      });
    },
    async sweep() {
      const over: Entry<Kept>[] = [];
      for await (const entry of commit.list(kept)) if (isOver(entry.value)) over.push(entry);
      while (over.length > 0) {
        const some = over.splice(0, SWEPT_TOGETHER);
        await commit.run(async (unit) => {
          for (const { key, value } of some) if (await unit.has(kept, ...key)) await remove(unit, key, value);
        });
      }
    },
    async view() {
      const { count, bytes } = (await commit.get(usages, "all", "")) ?? unused;
      const recipients = await Array.fromAsync(commit.list(usages, { prefix: ["for"] }));
      return {
        offered: can(trust(), self, "mailbox"),
        ...{ count, bytes, most: settings.inAll },
        for: recipients
          .filter(({ value }) => value.count > 0)
          .map(({ key, value }) => ({ member: String(key[1]), count: value.count, bytes: value.bytes })),
      };
    },
  };
}

/** What a container counts against; the recipient's account, which numbers it, comes last. */
function accountsOf(sender: MemberId, recipient: MemberId) {
  return [
    { key: ["all", ""], of: "inAll" },
    { key: ["of", sender], of: "perSender" },
    { key: ["for", recipient], of: "perRecipient" },
  ] as const satisfies { key: Key; of: string }[];
}

const refused = (what: string, message: string) => new WardlineError(`mailbox/${what}`, message);
