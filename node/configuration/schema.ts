/** All settings of a node in one schema; each room's own stand in `settings/`. */
import { z } from "zod";
import { accountsSettings } from "./settings/accounts.ts";
import { captureSettings } from "./settings/capture.ts";
import { caseworkSettings } from "./settings/casework.ts";
import { decodeSettings } from "./settings/decode.ts";
import { desksSettings } from "./settings/desks.ts";
import { exportSettings } from "./settings/export.ts";
import { federationSettings } from "./settings/federation.ts";
import { hostingSettings } from "./settings/hosting.ts";
import { httpSettings } from "./settings/http.ts";
import { jobsSettings } from "./settings/jobs.ts";
import { jurisdictionSettings } from "./settings/jurisdiction.ts";
import { storeSettings } from "./settings/store.ts";
import { takedownSettings } from "./settings/takedown.ts";
import { vaultSettings } from "./settings/vault.ts";

const multiaddr = z
  .string()
  .regex(
    /^\/(?:ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d{1,5}(?:\/.*)?$/,
    "expected a multiaddr such as /ip4/0.0.0.0/tcp/4100",
  );

const listen = z.strictObject({
  p2p: z
    .array(multiaddr)
    .default(["/ip4/0.0.0.0/tcp/4100"])
    .describe(
      "Addresses on which other members reach this node; `…/tcp/…/ws` is for a reverse proxy; none, for a node that uses relays. Only members get past the first handshake.",
    ),
  announce: z
    .array(multiaddr)
    .default([])
    .describe(
      "Addresses to put on the member card instead of those found on this machine: behind a router, or behind a proxy (`/dns4/HOST/tcp/443/tls/ws`).",
    ),
  http: httpSettings.prefault({}),
});

export const settingsSchema = z.strictObject({
  dataFolder: z
    .string()
    .min(1)
    .default("data")
    .describe("Folder of everything the node keeps. Relative to the configuration file."),
  keyFile: z
    .string()
    .optional()
    .describe(
      "File that unlocks the data, outside the data folder: on a token or another disk. Without it and `credential`, a passphrase is asked at start.",
    ),
  credential: z
    .string()
    .optional()
    .describe("Name of the systemd credential that unlocks the data, instead of a key file."),
  profile: z
    .enum(["fast"])
    .optional()
    .describe(
      "`fast` shortens every waiting time to seconds, for demonstrations and tests; the node announces it. Never for real work.",
    ),
  log: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("How much is logged: only ids, codes and counts, at every level."),
  listen: listen.prefault({}),
  store: storeSettings.prefault({}),
  vault: vaultSettings.prefault({}),
  jobs: jobsSettings.prefault({}),
  accounts: accountsSettings.prefault({}),
  decode: decodeSettings.prefault({}),
  capture: captureSettings.prefault({}),
  hosting: hostingSettings.prefault({}),
  federation: federationSettings.prefault({}),
  jurisdiction: jurisdictionSettings.prefault({}),
  casework: caseworkSettings.prefault({}),
  takedown: takedownSettings.prefault({}),
  desks: desksSettings.prefault({}),
  export: exportSettings.prefault({}),
});
export type Settings = z.output<typeof settingsSchema>;

/** The settings as the node uses them: durations are milliseconds, sizes bytes, paths absolute. */
export interface Configuration extends Settings {
  /** What browsers see before the node's name. */
  readonly scheme: "http" | "https";
}
