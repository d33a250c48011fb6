/** `wardline init` makes a new node and its first administrator; `wardline candidate` writes its public keys for registrars. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Option, type Command } from "commander";
import { stringify } from "yaml";
import { WardlineError } from "@wardline/protocol/encoding";
import { memberKinds, peerIdOf, type MemberKind } from "@wardline/protocol/roster";
import { checkNewPerson } from "../accounts/index.ts";
import { loadConfiguration, type Configuration } from "../configuration/index.ts";
import {
  createDataFolder,
  openAccounts,
  openDataFolder,
  type OpenedFolder,
  type Surroundings,
} from "../opening.ts";
import { candidateOf, wordsOf } from "./candidate.ts";
import { newPassword } from "./people.ts";
import { configOption, openedConfiguration, surroundingsFor } from "./surroundings.ts";
import { say } from "./terminal.ts";

interface CandidateOptions {
  readonly federation?: string;
  readonly member?: string;
  readonly memberName?: string;
  readonly country?: string;
  readonly kind?: MemberKind;
  readonly contact: string;
  readonly out: string;
}

interface InitOptions extends CandidateOptions {
  readonly config: string;
  readonly data: string;
  readonly keyFile: string;
  readonly passphrase: boolean;
  readonly host: string;
  readonly port: string;
  readonly admin: string;
  readonly adminName?: string;
  readonly passwordFile?: string;
}

export function addInit(program: Command): void {
  const init = program
    .command("init")
    .description(
      "Make a new node: configuration, data folder, master key, keys, and the first administrator.",
    )
    .option(...configOption)
    .option("--data <folder>", "data folder to put into a new configuration", "data")
    .option("--key-file <file>", "file that unlocks the data; outside the data folder", "wardline.key")
    .option(
      "--passphrase",
      "unlock by a passphrase that is asked at each start, instead of a key file",
      false,
    )
    .option("--host <name>", "name under which the workplace is opened", "localhost")
    .option("--port <number>", "port of the workplace", "8100")
    .requiredOption("--admin <signIn>", "sign-in name of the first administrator")
    .option("--admin-name <name>", "their name, shown to colleagues only")
    .option("--password-file <file>", "read their password from this file's first line");
  addCandidateOptions(init)
    .addHelpText(
      "after",
      `
The administrator's password is asked for, or taken from WARDLINE_PASSWORD or a file. There is no default.
An existing configuration is used as it is; else one is written.

Examples:
  wardline init --admin ada
  wardline init --admin ada --federation 51f0… --member-name "Hotline of Sweden" --country SE --kind hotline`,
    )
    .action(runInit);
  addCandidateOptions(program.command("candidate"))
    .description("Write this node's public keys, with proofs that it holds them, for the registrars.")
    .option(...configOption)
    .action(async (options: CandidateOptions & { config: string }) => {
      const [configuration, surroundings] = await openedConfiguration(options.config);
      const opened = await openDataFolder(configuration, surroundings, () => undefined);
      await opened.close();
      tellKeys(opened);
      await writeCandidate(opened, options, surroundings);
    });
}

function addCandidateOptions(command: Command): Command {
  return command
    .option(
      "--federation <id>",
      "id of the federation to join (64 hexadecimal digits); the registrars publish it",
    )
    .option("--member <id>", "id of this member, when a new node brings new keys for it")
    .option("--member-name <name>", "legal name of the organisation")
    .option("--country <code>", "two capital letters, or `international`")
    .addOption(new Option("--kind <kind>", "what the organisation is").choices(memberKinds))
    .option("--contact <text>", "how registrars reach the organisation", "")
    .option("--out <file>", "where to write the public keys", "candidate.json");
}

async function runInit(options: InitOptions): Promise<void> {
  const { config, admin, adminName } = options;
  const isNew = !existsSync(config);
  const configuration = isNew ? loadConfiguration(settingsFrom(options)) : loadConfiguration(config);
  const password = await newPassword(admin, options.passwordFile);
  checkNewPerson({ signIn: admin, password }, configuration.accounts);
  const surroundings = await surroundingsFor(configuration, { isNew: true });
  await createDataFolder(configuration, surroundings);
  if (isNew) await writeFile(config, stringify(settingsFrom(options)), { flag: "wx", mode: 0o640 });
  const opened = await openDataFolder(configuration, surroundings, () => undefined);
  try {
    const accounts = openAccounts(configuration, surroundings, opened);
    await accounts.createPerson({
      signIn: admin,
      name: adminName ?? admin,
      roles: ["administrator"],
      password,
    });
    tellNode(configuration, config, admin);
    tellKeys(opened);
    if (options.federation === undefined) say("", "Next: wardline candidate --help");
    else await writeCandidate(opened, options, surroundings);
  } finally {
    await opened.close();
  }
}

function settingsFrom({ data, keyFile, passphrase, host, port }: InitOptions): Record<string, unknown> {
  return {
    dataFolder: resolve(data),
    ...(passphrase ? {} : { keyFile: resolve(keyFile) }),
    listen: { http: { name: host, port: Number(port) } },
  };
}

function tellNode({ dataFolder, keyFile }: Configuration, config: string, admin: string): void {
  say(`A new node lies in ${dataFolder}; its settings are in ${resolve(config)}.`);
  if (keyFile !== undefined) {
    say(
      `It is unlocked by ${keyFile}. Keep a copy of that file in another place: without it nothing can be opened.`,
    );
  }
  say(`First administrator: ${admin}.`);
}

function tellKeys(opened: OpenedFolder): void {
  say("", `Peer id: ${peerIdOf(opened.keyring.transport.public)}`);
  say("Words to read out when the registrars call:", `  ${wordsOf(opened).join(" ")}`);
}

async function writeCandidate(
  opened: OpenedFolder,
  { federation, member, memberName: name, country, kind, contact, out }: CandidateOptions,
  { random }: Surroundings,
): Promise<void> {
  if (federation === undefined || name === undefined || country === undefined || kind === undefined) {
    throw new WardlineError("cli/incomplete", "The registrars need to know who joins what.", {
      advice: "Give --federation, --member-name, --country and --kind together.",
    });
  }
  if (!/^[0-9a-f]{64}$/.test(federation)) {
    throw new WardlineError("cli/not-a-federation", "A federation's id has 64 hexadecimal digits.", {
      advice: "Copy it from what the registrars published; `wardline roster show` prints it.",
    });
  }
  if (member !== undefined && !/^[0-9a-f]{32}$/.test(member)) {
    throw new WardlineError("cli/not-a-member", "A member's id has 32 hexadecimal digits.", {
      advice: "Ask a registrar; `wardline roster show` prints it.",
    });
  }
  const candidate = candidateOf(opened, { member, federation, name, country, kind, contact }, random);
  await writeFile(out, `${JSON.stringify(candidate, null, 2)}\n`);
  say(
    `Public keys for the registrars: ${resolve(out)}`,
    `Next: send ${basename(out)} to a registrar, then: wardline join invite.json`,
  );
}
