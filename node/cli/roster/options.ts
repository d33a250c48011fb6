/** Options and time, as all roster commands have them. Loads nothing that a `--help` would wait for. */
import { InvalidArgumentError } from "commander";
import type { Cutoff } from "@wardline/protocol/roster";
import { systemClock } from "../../telemetry/index.ts";

export const folderOption = [
  "--folder <folder>",
  "the federation's folder on this machine",
  "federation",
] as const;
export const keyFileOption = [
  "--key-file <file>",
  "file on another medium that locks the secret key, instead of a passphrase",
] as const;

export const now = () => systemClock.now();

export const keyRoles = ["root", "registrar", "freshness"] as const;
export type KeyRole = (typeof keyRoles)[number];

export interface InFolder {
  readonly folder: string;
}

export function parseCount(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError("Give a number from 1 to 99.");
}

export const parseList = (value: string): string[] =>
  value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** A moment in the past, as ISO 8601 with its zone. */
export function parseTime(text: string): number {
  const time = Date.parse(text);
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text) && time <= Date.now()) return time;
  throw new InvalidArgumentError("Give a time in the past such as 2026-05-01T12:00Z.");
}

/** The last block of a feed that still counts: FEED:EPOCH:HEIGHT:HEAD. */
export function parseFeed(text: string, before: Cutoff["feeds"] = []): Cutoff["feeds"] {
  const [, feed, epoch, height, head] = /^([0-9a-f]{64}):(\d+):(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (feed === undefined || head === undefined)
    throw new InvalidArgumentError("Give FEED:EPOCH:HEIGHT:HEAD, ids in hexadecimal.");
  return [...before, { feed, epoch: Number(epoch), height: Number(height), head }];
}
