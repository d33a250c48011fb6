/** Who may have sent this, to whom, and when: judged from the header and the roster alone. */
import { WardlineError } from "../encoding/index.ts";
import { identityKey, member, rosterVersion, type IdentityKeyEntry, type Trust } from "../roster/index.ts";
import type { Header } from "./header.ts";

/** Clocks of honest members differ; beyond this the difference is told to both operators instead of tolerated. */
export const CLOCK_SKEW = 5 * 60_000;
/** A receiver remembers envelope ids until they expire, and sealing keys are deleted after 36 days: 28 leaves a week between. */
export const LONGEST_LIFE = 28 * 86_400_000;

/**
 * The sender's key. Throws `envelope/federation`, `envelope/recipient`, `envelope/unknown-sender`, `envelope/sender-not-active`,
 * `envelope/roster-ahead` or `envelope/unknown-key`.
 */
export function refuseWrongParties(header: Header, trust: Trust, self: string): IdentityKeyEntry {
  if (header.federation !== trust.federationId) {
    throw new WardlineError("envelope/federation", "The envelope belongs to another federation.");
  }
  if (header.recipient !== self) {
    throw new WardlineError("envelope/recipient", "The envelope is addressed to another member.");
  }
  const sender = member(trust, header.sender);
  if (!sender) throw aheadOr(header, trust, "envelope/unknown-sender", "The sender is not in the roster.");
  if (sender.status !== "active") {
    throw new WardlineError("envelope/sender-not-active", `The sender is ${sender.status}.`);
  }
  const key = identityKey(trust, header.sender, header.senderKey);
  if (!key)
    throw aheadOr(header, trust, "envelope/unknown-key", "The roster does not list the sender's key.");
  if (key.cutoff !== undefined) {
    throw new WardlineError(
      "envelope/key-cut-off",
      "The sender's key was cut off; nothing new is taken under it.",
    );
  }
  return key;
}

/**
 * Throws `envelope/roster-ahead`, `envelope/from-the-future`, `envelope/expired`, `envelope/lifetime` or `envelope/key-not-valid`. Asked after
 * the signature, so that nobody but the sender chooses the answer.
 */
export function refuseUntimely(header: Header, key: IdentityKeyEntry, trust: Trust, now: number): void {
  if (header.rosterVersion > rosterVersion(trust)) throw rosterAhead();
  refuseFuture(header.created, now);
  if (header.expires <= now) {
    throw new WardlineError("envelope/expired", "The envelope has expired.", {
      advice: "The sender seals the statement again.",
    });
  }
  if (header.expires <= header.created || header.expires - header.created > LONGEST_LIFE) {
    throw new WardlineError(
      "envelope/lifetime",
      "The envelope claims a life of none, or of more than 28 days.",
    );
  }
  const inItsLife = key.from <= header.created && header.created < key.until;
  if (inItsLife && key.since <= header.rosterVersion) return;
  throw new WardlineError(
    "envelope/key-not-valid",
    "The key was not valid when the envelope was made, or not listed in the roster it names.",
  );
}

/** Throws `envelope/from-the-future` for an envelope, receipt or statement made later than now, beyond what clocks differ. */
export function refuseFuture(created: number, now: number): void {
  if (created <= now + CLOCK_SKEW) return;
  throw new WardlineError(
    "envelope/from-the-future",
    "The envelope, or what it carries, was made later than now.",
    {
      advice: "Compare the clocks of both nodes.",
      details: { ahead: created - now },
    },
  );
}

/** What the roster at hand does not know, a newer one may: then it is fetched first and the envelope judged again. */
function aheadOr(header: Header, trust: Trust, code: string, message: string): WardlineError {
  return header.rosterVersion > rosterVersion(trust) ? rosterAhead() : new WardlineError(code, message);
}

function rosterAhead(): WardlineError {
  return new WardlineError("envelope/roster-ahead", "The sender names a newer roster than this node holds.", {
    advice: "Fetch the roster from the sender and judge the envelope again.",
  });
}
