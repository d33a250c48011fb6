/** Captures in processes of their own, so that their memory can be told. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { newFolder } from "../../node/commit/support.ts";
import type { HostileWeb } from "./web.ts";

const program = fileURLToPath(new URL("capturing.ts", import.meta.url));

export interface Outcome {
  kept: string[];
  refused: string[];
  cut?: string;
  /** The most memory there ever was, in bytes. */
  rss: number;
}

/** Captures an address of the hostile web; `limits` as in the settings. */
export async function captured(
  { allow }: HostileWeb,
  url: string,
  limits: Record<string, number | string> = {},
): Promise<Outcome> {
  const order = JSON.stringify({ folder: await newFolder(), url, allow, limits });
  const child = spawn(process.execPath, [program, order], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, errors] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  if (said === "") throw new Error(errors);
  return JSON.parse(said) as Outcome;
}
