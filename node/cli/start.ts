/** `wardline start` and `wardline demo`: programs that run until they are told to stop. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { delegated, readKey } from "./roster/key-file.ts";
import { configOption, openedConfiguration } from "./surroundings.ts";
import { fail, say } from "./terminal.ts";

export function addStart(program: Command): void {
  program
    .command("start")
    .description("Run the node until SIGTERM or Ctrl-C.")
    .option(...configOption)
    .option(
      "--freshness-key <files...>",
      "freshness keys delegated to this member: the node keeps them and renews freshness",
    )
    .addHelpText("after", "\nExample:\n  wardline start --config /etc/wardline/wardline.yaml")
    .action(start);
  program
    .command("demo")
    .description("Run a federation on this machine and watch one report travel through it.")
    .option("--once", "end after the story; exit code 0 only if every step was observed", false)
    .option("--site <folder>", "serve your own pages and pictures instead of the generated ones")
    .option("--folder <folder>", "where the nodes' folders are made; emptied first", ".wardline/demo")
    .addHelpText(
      "after",
      "\nExamples:\n  wardline demo\n  wardline demo --once\n  wardline demo --site ./my-pages",
    )
    .action(demo);
}

async function start({
  config,
  freshnessKey = [],
}: {
  config: string;
  freshnessKey?: string[];
}): Promise<void> {
  const { startNode } = await import("../main.ts");
  const freshnessKeys = delegated(await Promise.all(freshnessKey.map((path) => readKey(path))));
  const [configuration, { passphrase }] = await openedConfiguration(config);
  const told = untilTold();
  const broken = Promise.withResolvers<unknown>();
  const node = await startNode(configuration, { passphrase, freshnessKeys, onFailure: broken.resolve });
  const { self } = node.services.federation;
  say(`${self.name} (${self.kind}, ${self.country}) is running.`, `Workplace: ${node.urls.workplace}`);
  for (const address of node.urls.p2p) say(`Members reach it at: ${address}`);
  if (node.readOnly) say(`Read-only: ${node.readOnly.message} ${node.readOnly.advice ?? ""}`);
  if (configuration.profile === "fast") say("Fast profile: waiting times are seconds. Not for real work.");
  const error = await Promise.race([told.then(() => undefined), broken.promise]);
  await node.stop();
  if (error !== undefined) fail(error);
  else say("Stopped.");
}

async function demo({ once, site, folder }: { once: boolean; site?: string; folder: string }): Promise<void> {
  const { runDemo } = await import("../demo/index.ts");
  const ended = new AbortController();
  void untilTold().then(() => ended.abort());
  const own = site === undefined ? {} : { site };
  await runDemo({ ...own, once, folder: resolve(folder), say: (line) => say(line), signal: ended.signal });
}

/** The first SIGTERM or SIGINT asks for a clean stop; a second one ends the program as usual. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}
