/** The settings schema as plain data: names, defaults and descriptions of what a person may write. */
import { z } from "zod";
import { settingsSchema } from "./schema.ts";

export interface SettingNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SettingNode>>;
  /** Of a list's entries. */
  readonly items?: SettingNode;
}

let tree: SettingNode | undefined;

export function settingsTree(): SettingNode {
  return (tree ??= z.toJSONSchema(settingsSchema, { io: "input" }) as SettingNode);
}

/** The setting at a path; numbers in it are places in a list. */
export function settingAt(path: readonly PropertyKey[]): SettingNode | undefined {
  let node: SettingNode | undefined = settingsTree();
  for (const step of path) node = typeof step === "number" ? node?.items : node?.properties?.[String(step)];
  return node;
}
