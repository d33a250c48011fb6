/** Options and time, as all roster commands have them. */
import { InvalidArgumentError } from "commander";
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
