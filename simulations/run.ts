/** `npm run simulate`: simulations of federations, each by its name. */
import { parseArgs } from "node:util";
import type { Command, Option, Told, Values } from "./commands/command.ts";
import { exchange } from "./commands/exchange.ts";
import { faults } from "./commands/faults.ts";
import { growth, model } from "./commands/model.ts";
import { spreadCommand } from "./commands/spread.ts";

const commands: Readonly<Record<string, Command>> = {
  exchange,
  faults,
  spread: spreadCommand,
  model,
  growth,
};
const usual = "exchange";

const write = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

function usage(): string {
  const parts = Object.entries(commands).map(([name, { summary, options, example }]) =>
    [
      `${name}${name === usual ? " (the one without a name)" : ""}\n  ${summary}`,
      ...Object.entries<Option>(options).map(
        ([option, { help, standard, least }]) =>
          `  ${`--${option} ${least === undefined ? "TEXT" : "N"}`.padEnd(18)} ${help} (default ${standard})`,
      ),
      `  Example: ${example}`,
    ].join("\n"),
  );
  return [
    "Usage: npm run simulate -- [name] [options]",
    "",
    "Runs a simulation. Ends with exit code 0 only if what it promises was so.",
    "",
    parts.join("\n\n"),
    "",
    "All of them",
    "  --json             results as JSON, one object on a line; progress goes to standard error",
    "  --help             this text",
    "",
  ].join("\n");
}

function read(args: readonly string[]) {
  const [first = ""] = args;
  const name = first.startsWith("-") || first === "" ? usual : first;
  const command = commands[name];
  if (!command) throw new TypeError(`There is no simulation "${name}".`);
  const { values } = parseArgs({
    args: first === name ? args.slice(1) : [...args],
    options: {
      ...Object.fromEntries(
        Object.entries<Option>(command.options).map(([option, { standard }]) => [
          option,
          { type: "string" as const, default: standard },
        ]),
      ),
      help: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const texts = values as Record<string, string | boolean>;
  for (const [option, { least }] of Object.entries<Option>(command.options))
    if (least !== undefined) count(option, String(texts[option]), least);
  const chosen: Values<string> = {
    text: (option) => String(texts[option]),
    count: (option) => Number(texts[option]),
  };
  return { command, chosen, help: texts["help"] === true, json: texts["json"] === true };
}

/** Whole numbers from `least` on; anything else is a wrong call. */
function count(name: string, text: string, least: number): void {
  if (/^\d+$/u.test(text) && Number(text) >= least && Number(text) <= 100_000_000) return;
  throw new TypeError(`--${name} takes a whole number from ${least} on.`);
}

async function main(): Promise<number> {
  let options: ReturnType<typeof read>;
  try {
    options = read(process.argv.slice(2));
  } catch (error) {
    complain(`${(error as Error).message}\n\n${usage()}`);
    return 2;
  }
  const { command, chosen, help, json } = options;
  if (help) {
    write(usage());
    return 0;
  }
  const told: Told = json
    ? { progress: complain, say: () => undefined, result: (value) => write(JSON.stringify(value)) }
    : { progress: write, say: write, result: () => undefined };
  return command.run(chosen, told);
}

process.exitCode = await main();
