/**
 * Configuration: one YAML file, read, then checked and completed; clear errors with path and advice. Each room's settings
 * stand in `settings/<room>.ts`, each with its default and the reason for it.
 */
export { loadConfiguration } from "./load.ts";
export { describeSettings, type DescribedSetting } from "./describe.ts";
export type { Configuration, Settings } from "./schema.ts";
export type { CaptureSettings } from "./settings/capture.ts";
export type { CaseworkSettings } from "./settings/casework.ts";
export type { DecodeSettings } from "./settings/decode.ts";
export type { DesksSettings } from "./settings/desks.ts";
export type { ExportSettings } from "./settings/export.ts";
export type { FederationLimits, FederationSettings } from "./settings/federation.ts";
export type { JobsSettings } from "./settings/jobs.ts";
export type { HostingOverride, JurisdictionSettings } from "./settings/jurisdiction.ts";
export type { StoreSettings } from "./settings/store.ts";
export {
  ladderSteps,
  type ProviderApi,
  type RepliesSettings,
  type TakedownSettings,
} from "./settings/takedown.ts";
export type { VaultSettings } from "./settings/vault.ts";
