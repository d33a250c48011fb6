/** `wardline people`: the people of a stopped node. While it runs, an administrator uses the workplace. */
import { InvalidArgumentError, type Command } from "commander";
import { WardlineError } from "@wardline/protocol/encoding";
import { roles, type Accounts, type Role } from "../accounts/index.ts";
import { openAccounts, openDataFolder } from "../opening.ts";
import { configOption, openedConfiguration } from "./surroundings.ts";
import { askSecret, readText, say } from "./terminal.ts";

const passwordFile = ["--password-file <file>", "read the password from this file's first line"] as const;

export function addPeople(program: Command): void {
  const people = program
    .command("people")
    .description("List and change the people of a node that is not running.");
  people
    .command("list")
    .description("Everybody with a sign-in.")
    .option(...configOption)
    .action(({ config }: { config: string }) => withAccounts(config, list));
  people
    .command("add <signIn>")
    .description("Add a person.")
    .requiredOption("--name <name>", "the person's name, shown to colleagues only")
    .requiredOption("--roles <roles>", `one or more of ${roles.join(", ")}, with commas`, parseRoles)
    .option(...passwordFile)
    .option(...configOption)
    .addHelpText(
      "after",
      `\nThe password is asked for, or taken from ${passwordVariable} or a file.\n\nExample:\n  wardline people add ada --name "Ada Example" --roles analyst,senior`,
    )
    .action(
      async (
        signIn: string,
        options: { name: string; roles: Role[]; passwordFile?: string; config: string },
      ) => {
        const password = await newPassword(signIn, options.passwordFile);
        const { name, roles: given } = options;
        await withAccounts(options.config, (accounts) =>
          accounts.createPerson({ signIn, name, roles: given, password }),
        );
        say(`${signIn} can sign in once the node runs.`);
      },
    );
  people
    .command("password <signIn>")
    .description(
      "Set a person's password; ends all their sign-ins, and lets a person in who was switched off only if they are switched on.",
    )
    .option(...passwordFile)
    .option(...configOption)
    .action(async (signIn: string, options: { passwordFile?: string; config: string }) => {
      const password = await newPassword(signIn, options.passwordFile);
      await withAccounts(options.config, async (accounts) =>
        accounts.changePerson(await idOf(accounts, signIn), { password }),
      );
      say(`${signIn} has a new password.`);
    });
}

const passwordVariable = "WARDLINE_PASSWORD";

/** From a file, the environment, or a person: never a default. */
export async function newPassword(signIn: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return ((await readText(file)).split(/\r?\n/)[0] ?? "").trim();
  return process.env[passwordVariable] ?? askSecret(`Password for ${signIn}`, { confirm: true });
}

function parseRoles(text: string): Role[] {
  return text.split(",").map((word) => {
    const role = roles.find((one) => one === word.trim());
    if (role) return role;
    throw new InvalidArgumentError(`"${word.trim()}" is no role. Roles: ${roles.join(", ")}.`);
  });
}

async function withAccounts(config: string, work: (accounts: Accounts) => Promise<unknown>): Promise<void> {
  const [configuration, surroundings] = await openedConfiguration(config);
  const opened = await openDataFolder(configuration, surroundings, () => undefined);
  try {
    await work(openAccounts(configuration, surroundings, opened));
  } finally {
    await opened.close();
  }
}

async function list(accounts: Accounts): Promise<void> {
  for (const { signIn, name, roles: held, disabled } of await accounts.people()) {
    say(`${signIn}\t${name}\t${held.join(", ")}${disabled === undefined ? "" : "\tswitched off"}`);
  }
}

async function idOf(accounts: Accounts, signIn: string): Promise<string> {
  const person = (await accounts.people()).find((one) => one.signIn === signIn.trim().toLowerCase());
  if (person) return person.id;
  throw new WardlineError("cli/no-such-person", `Nobody signs in as ${signIn}.`, {
    advice: "See `wardline people list`.",
  });
}
