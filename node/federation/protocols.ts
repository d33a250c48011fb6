/** The protocols of a node, as data. Sizes come from what each carries, rates from the settings. */
import type { FederationLimits } from "../configuration/settings/federation.ts";
import type { Protocol } from "./transport/protocol.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

export interface Protocols {
  readonly membership: Protocol;
  readonly hello: Protocol;
  readonly envelope: Protocol;
  readonly feed: Protocol;
  readonly material: Protocol;
  readonly freshness: Protocol;
  readonly mailbox: Protocol;
  readonly holders: Protocol;
}

export function describeProtocols(limits: FederationLimits): Protocols {
  const perMember = { perSecond: limits.requestsPerSecond, burst: limits.requestsBurst };
  const usual = {
    perPeer: perMember,
    total: { perSecond: perMember.perSecond * 8, burst: perMember.burst * 8 },
  };
  const stranger = { perSecond: limits.strangerRequests, burst: limits.strangerRequests * 16 };
  const rare = {
    perPeer: stranger,
    total: { perSecond: stranger.perSecond * 16, burst: stranger.burst * 16 },
  };
  return {
    membership: {
      name: "/wardline/membership/1",
      admits: "anyone",
      session: "none", // strangers have no sealing key, and the files are the same for everyone
      maxRequest: 9 * MiB, // one roster file of the largest size, or 1 MiB of several files
      maxAnswer: 9 * MiB,
      window: { requests: 2, bytes: 9 * MiB },
      quota: rare,
      timeout: 20_000,
    },
    hello: {
      name: "/wardline/hello/1",
      admits: "members",
      session: "none", // it agrees on the secret, and seals its content itself
      maxRequest: 256 * KiB,
      maxAnswer: 256 * KiB,
      window: { requests: 2, bytes: 512 * KiB },
      quota: rare,
      timeout: 20_000,
    },
    envelope: {
      name: "/wardline/envelope/1",
      admits: "members",
      needs: "send",
      session: "hello", // envelopes and receipts are sealed to the other side's X-Wing key, each by itself
      maxRequest: MiB + 4 * KiB,
      maxAnswer: 64 * KiB,
      window: { requests: 32, bytes: 2 * MiB },
      quota: usual,
      timeout: 60_000, // the answer comes after a synced write, and perhaps after many before it
    },
    feed: {
      name: "/wardline/feed/1",
      admits: "members",
      needs: "receive",
      session: "sealed",
      maxRequest: MiB + 4 * KiB,
      maxAnswer: 2 * MiB,
      window: { requests: 4, bytes: 4 * MiB },
      quota: usual,
      timeout: 60_000,
    },
    material: {
      name: "/wardline/material/1",
      admits: "members",
      needs: "material",
      session: "hello", // chunks are sealed under the grant's key, which travels in an envelope alone
      maxRequest: 4 * KiB,
      maxAnswer: MiB + 4 * KiB,
      window: { requests: 4, bytes: 16 * KiB },
      quota: usual,
      timeout: 60_000,
    },
    holders: {
      name: "/wardline/holders/1",
      admits: "members",
      session: "sealed",
      maxRequest: 4 * KiB,
      maxAnswer: 4 * KiB,
      window: { requests: 4, bytes: 16 * KiB },
      quota: usual,
      timeout: 10_000, // a person waits for it
    },
    freshness: {
      name: "/wardline/freshness/1",
      admits: "members",
      session: "sealed",
      maxRequest: 192 * KiB, // one small file with as many signatures as there may be
      maxAnswer: 128 * KiB,
      window: { requests: 2, bytes: 384 * KiB },
      quota: rare,
      timeout: 20_000,
    },
    mailbox: {
      name: "/wardline/mailbox/1",
      admits: "members", // whom the mailbox serves is its handler's to ask: it takes from any and gives to the recipient
      session: "sealed", // acknowledgements, and who collects what, are in clear
      maxRequest: MiB + 4 * KiB,
      maxAnswer: MiB + 64 * KiB,
      window: { requests: 4, bytes: 4 * MiB },
      quota: usual,
      timeout: 60_000,
    },
  };
}
