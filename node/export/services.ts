import type { Random } from "@wardline/protocol/encoding";
import type { Approvals } from "../accounts/index.ts";
import type { Casework } from "../casework/index.ts";
import type { Commit } from "../commit/index.ts";
import type { ExportSettings } from "../configuration/index.ts";
import type { Federation } from "../federation/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Clock } from "../telemetry/index.ts";
import type { Vault } from "../vault/index.ts";

export interface ExportServices {
  commit: Commit;
  casework: Casework;
  vault: Vault;
  ledger: Ledger;
  federation: Federation;
  approvals: Approvals;
  clock: Clock;
  random: Random;
  settings: ExportSettings;
}
