/**
 * The commands of key holders: making keys, drafting a root, looking, signing, gathering, taking what is published. Each
 * loads its work when it runs.
 */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { NewKey } from "./make-key.ts";
import { folderOption, keyFileOption, keyRoles, now, parseCount, type InFolder } from "./options.ts";
import type { RootOptions } from "./root-draft.ts";
import type { SignOptions } from "./sign.ts";

export function addCeremony(roster: Command): void {
  addCreate(roster);
  addKey(roster);
  addDraftRoot(roster);
  addSigning(roster);
  roster
    .command("take <files...>")
    .description(
      "Take published files from elsewhere: roots, roster, freshness; what contradicts is kept as evidence.",
    )
    .option(...folderOption)
    .option("--federation <id>", "the federation's id, compared by telephone; for the first root")
    .action(async (files: string[], { folder, federation }: InFolder & { federation?: string }) => {
      const { takeFiles } = await import("./publish.ts");
      await takeFiles(folder, files, federation, now());
    });
  roster
    .command("show")
    .description("What is in force; or, with --file, what a file says, would change, and who has signed it.")
    .option(...folderOption)
    .option("--file <file>", "a draft, a signature or a published file")
    .action(async ({ folder, file }: InFolder & { file?: string }) => {
      const { showFile, showFolder } = await import("./show.ts");
      await (file === undefined ? showFolder(folder, now()) : showFile(folder, file, now()));
    });
}

function addCreate(roster: Command): void {
  roster
    .command("create")
    .description("A new federation's root in one call, from software keys (for trials).")
    .option(...folderOption)
    .option(
      "--jurisdictions <codes>",
      "where the keys' holders sit: three or more, with commas",
      parseCodes,
      ["XA", "XB", "XC"],
    )
    .action(async ({ folder, jurisdictions }: InFolder & { jurisdictions: string[] }) => {
      const { createFederation } = await import("./create.ts");
      await createFederation(folder, jurisdictions, now());
    });
}

function addKey(roster: Command): void {
  roster
    .command("key")
    .description("Make a key pair on its holder's machine: a sealed secret file and a public file.")
    .addOption(new Option("--role <role>", "what the key is for").choices(keyRoles).makeOptionMandatory())
    .option("--holder <name>", "person or office that keeps a root or registrar key")
    .option("--jurisdiction <code>", "where they sit: two capital letters, or `international`")
    .option("--federation <id>", "for a freshness key: the federation")
    .option("--member <id>", "for a freshness key: the member that holds it")
    .option(...keyFileOption)
    .option("--out <name>", "writes NAME.key and NAME.public.json; default: the role")
    .addHelpText(
      "after",
      '\nExample:\n  wardline roster key --role root --jurisdiction SE --holder "Ada Example"',
    )
    .action(async (options: NewKey) => {
      const { makeKey } = await import("./make-key.ts");
      await makeKey(options);
    });
}

function addDraftRoot(roster: Command): void {
  roster
    .command("draft-root [files...]")
    .description(
      "Draft the first root from holders' public files, or the next one: holders added, replaced, dropped.",
    )
    .option(...folderOption)
    .option("--threshold <keys>", "keys that must sign the next root (3)", parseCount)
    .option("--jurisdictions <count>", "jurisdictions that they must sit in (3)", parseCount)
    .option("--registrar-threshold <keys>", "keys that must sign a roster (2)", parseCount)
    .option("--registrar-jurisdictions <count>", "jurisdictions that they must sit in (2)", parseCount)
    .option("--drop <keys...>", "ids of keys that end, or their first digits", [])
    .option(
      "--resolve <version:hash>",
      "name the one roster of a version of which two were signed",
      parseResolved,
      [],
    )
    .addHelpText("after", "\nExample:\n  wardline roster draft-root *.public.json")
    .action(async (files: string[], { folder, ...options }: InFolder & RootOptions) => {
      const { draftRoot } = await import("./root-draft.ts");
      await draftRoot(folder, files, options, now());
    });
}

function addSigning(roster: Command): void {
  roster
    .command("sign")
    .description(
      "Look at a draft in words and sign it; with enough signatures the folder's own draft is published.",
    )
    .option(...folderOption)
    .requiredOption("--key <files...>", "secret keys that sign")
    .option(...keyFileOption)
    .option("--file <file>", "a draft from elsewhere; the signature goes into a file to carry back")
    .option("--out <file>", "that file; default: the draft's name with the key's first digits")
    .option("--words-confirmed", "the words of everybody new were compared by telephone", false)
    .addHelpText("after", "\nExample:\n  wardline roster sign --file draft.json --key registrar.key")
    .action(async (options: SignOptions) => {
      const { signDraft } = await import("./sign.ts");
      await signDraft(options, now());
    });
  roster
    .command("gather <files...>")
    .description("Put signatures that came back under the draft; with enough of them it is published.")
    .option(...folderOption)
    .action(async (files: string[], { folder }: InFolder) => {
      const { gather } = await import("./sign.ts");
      await gather(folder, files, now());
    });
  roster
    .command("discard")
    .description("Put the draft away, with the signatures under it.")
    .option(...folderOption)
    .action(async ({ folder }: InFolder) => {
      const { removeFile } = await import("./folder.ts");
      await removeFile(folder, "draft");
    });
}

function parseCodes(text: string): string[] {
  const codes = text.split(",").map((code) => code.trim());
  if (new Set(codes).size >= 3 && codes.every((code) => /^[A-Z]{2}$/.test(code))) return codes;
  throw new InvalidArgumentError("Give at least three different country codes of two capital letters.");
}

function parseResolved(text: string, before: RootOptions["resolve"]): RootOptions["resolve"] {
  const [, version, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === undefined) throw new InvalidArgumentError("Give VERSION:HASH, the hash in hexadecimal.");
  return [...before, { version: Number(version), hash }];
}
