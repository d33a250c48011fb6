/** First step: from a file to plain data, with the profile's defaults below it. Nothing is judged here but the YAML. */
import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { WardlineError } from "@wardline/protocol/encoding";
import { profiles } from "./profiles.ts";

/** @throws `configuration/not-found`, `configuration/not-yaml` */
export function readYaml(path: string): unknown {
  const document = parseDocument(readText(path), { uniqueKeys: true, prettyErrors: true });
  const [error] = document.errors;
  if (!error) return document.toJS() ?? {};
  throw new WardlineError("configuration/not-yaml", `${path} is not valid YAML: ${error.message}`, {
    advice: "Settings are `name: value`, nested by two spaces. config/examples/ has a file to start from.",
    details: { line: error.linePos?.[0].line },
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new WardlineError("configuration/not-found", `The configuration ${path} cannot be read.`, {
      advice: "Name another file, or make one with `wardline init`.",
      cause,
    });
  }
}

/** The settings with those of the profile that they name below them. */
export function withProfile(settings: unknown): unknown {
  const named = isSection(settings) ? settings["profile"] : undefined;
  return named === "fast" ? completed(settings, profiles.fast) : settings;
}

/** `settings`, completed by `standard` where they say nothing. */
function completed(settings: unknown, standard: unknown): unknown {
  if (settings === undefined) return standard;
  if (!isSection(settings) || !isSection(standard)) return settings;
  const names = new Set([...Object.keys(settings), ...Object.keys(standard)]);
  return Object.fromEntries([...names].map((name) => [name, completed(settings[name], standard[name])]));
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
