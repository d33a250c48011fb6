/** The table of all settings, for the documentation. */
import { settingsTree, type SettingNode } from "./tree.ts";

export interface DescribedSetting {
  /** As in the file, with dots: `takedown.groupingWindow`. A list's entries have `[]`. */
  readonly path: string;
  /** As one would write it in the file; absent when there is none. */
  readonly standard?: string;
  /** What it is for, and why the default is what it is. */
  readonly reason: string;
}

/** Every setting, in the order of the schema. */
export function describeSettings(): DescribedSetting[] {
  return [...described(settingsTree(), "")];
}

function* described(node: SettingNode, path: string): Generator<DescribedSetting> {
  const isSection = node.properties !== undefined;
  if (path !== "" && (!isSection || node.description !== undefined)) {
    const standard =
      node.default === undefined || isSection ? {} : { standard: JSON.stringify(node.default) };
    yield { path, ...standard, reason: node.description ?? "" };
  }
  for (const [name, inner] of Object.entries(node.properties ?? {})) {
    yield* described(inner, path === "" ? name : `${path}.${name}`);
  }
  if (node.items?.properties) yield* described({ properties: node.items.properties }, `${path}[]`);
}
