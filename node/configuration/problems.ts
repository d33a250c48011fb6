/** What is wrong with a configuration: every problem with its path, in words, and with advice. */
import type { z } from "zod";
import { WardlineError } from "@wardline/protocol/encoding";
import { settingAt, settingsTree } from "./tree.ts";

type Kind = "unknown-setting" | "wrong-value" | "impossible-combination" | "secret-in-file";

export interface Problem {
  readonly kind: Kind;
  /** With dots, as in `takedown.smtp.port`. */
  readonly path: string;
  readonly message: string;
  readonly advice: string;
}

/** Throws if there are problems; the first one gives the code. */
export function refuse(problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const lines = problems.map(({ path, message, advice }) => `  ${path}: ${message} ${advice}`);
  throw new WardlineError(
    `configuration/${first.kind}`,
    `The configuration cannot be used.\n${lines.join("\n")}`,
    { advice: first.advice, details: { problems } },
  );
}

/** What the schema refused. */
export function schemaProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownSetting(issue.path, key));
    const kind = issue.code === "custom" ? "impossible-combination" : "wrong-value";
    return [wrongValue(kind, issue.path, issue.message)];
  });
}

function wrongValue(kind: Kind, path: readonly PropertyKey[], message: string): Problem {
  const described = settingAt(path);
  const setting = described?.description === undefined ? settingAt(path.slice(0, -1)) : described;
  const standard = setting?.default === undefined ? "" : ` Default: ${JSON.stringify(setting.default)}.`;
  return {
    kind,
    path: dotted(path),
    message: `${message}.`,
    advice: `${setting?.description ?? "Compare config/examples/hotline.yaml."}${standard}`,
  };
}

function unknownSetting(path: readonly PropertyKey[], key: string): Problem {
  const siblings = Object.keys(settingAt(path)?.properties ?? {});
  const nearest = siblings
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const meant = nearest && nearest.distance <= Math.max(2, key.length / 3) ? nearest.name : elsewhere(key);
  return {
    kind: "unknown-setting",
    path: dotted([...path, key]),
    message: "There is no such setting.",
    advice: meant === undefined ? `Settings here: ${siblings.join(", ")}.` : `Did you mean ${meant}?`,
  };
}

/** The full path of the only setting with this name somewhere else in the file. */
function elsewhere(key: string): string | undefined {
  const found = [...pathsOf(key, settingsTree().properties, "")];
  return found.length === 1 ? found[0] : undefined;
}

function* pathsOf(
  key: string,
  properties: ReturnType<typeof settingsTree>["properties"],
  path: string,
): Generator<string> {
  for (const [name, inner] of Object.entries(properties ?? {})) {
    if (name === key) yield path + name;
    yield* pathsOf(key, inner.properties, `${path}${name}.`);
  }
}

function dotted(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "(the whole file)" : path.map(String).join(".");
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
