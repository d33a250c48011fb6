/** `wardline export`: an export for a court from a running node. It takes two people, each with a sign-in of their own. */
import { createHash } from "node:crypto";
import { open, rename } from "node:fs/promises";
import type { Command } from "commander";
import { askSecret, readText, say } from "./terminal.ts";
import { enterWorkplace, type Workplace } from "./workplace.ts";

interface Entering {
  readonly url: string;
  readonly as: string;
  readonly passwordFile?: string;
}

interface Asking extends Entering {
  readonly reason: string;
  readonly receiver: string;
  readonly recipient: string[];
  readonly archives: boolean;
  readonly originals: string;
}

export function addExport(program: Command): void {
  const exports = program
    .command("export")
    .description("Packages for a court: ask, agree (two people), fetch the encrypted file.")
    .addHelpText("after", examples);
  entering(exports.command("ask <report>"))
    .description("Ask for the export of a report.")
    .requiredOption("--reason <text>", "for which proceeding, on what legal ground")
    .requiredOption("--receiver <name>", "whose keys the recipients are")
    .requiredOption("--recipient <age1...>", "an age recipient; again for more", collect)
    .option("--archives", "the web archives too, which hold every file that the site sent", false)
    .option("--originals <items>", "original files: all, none, or items' ids with commas", "none")
    .action(async (report: string, options: Asking) => show(await askFor(report, options)));
  entering(exports.command("approve <export>"))
    .description("Agree to an export.")
    .action(async (id: string, options: Entering) =>
      show(await (await enter(options)).post(`/exports/${id}/approve`)),
    );
  entering(exports.command("refuse <export>"))
    .description("Refuse an export.")
    .requiredOption("--reason <text>", "why")
    .action(async (id: string, { reason, ...options }: Entering & { reason: string }) =>
      show(await (await enter(options)).post(`/exports/${id}/refuse`, { reason })),
    );
  entering(exports.command("fetch <export>"))
    .description("Write the package of an export that two people agreed to.")
    .requiredOption("--to <file>", "where to")
    .action(async (id: string, { to, ...options }: Entering & { to: string }) => {
      const { bytes, sha256 } = await save(
        await (await enter(options)).download(`/exports/${id}/package`),
        to,
      );
      say(`${to}: ${bytes} bytes, SHA-256 ${sha256}`);
    });
}

function entering(command: Command): Command {
  return command
    .requiredOption("--url <url>", "the workplace, as a browser shows it")
    .requiredOption("--as <sign-in>", "who you are")
    .option("--password-file <file>", "read the password from this file's first line");
}

async function enter({ url, as, passwordFile }: Entering): Promise<Workplace> {
  const written = passwordFile === undefined ? undefined : (await readText(passwordFile)).split(/\r?\n/)[0];
  const password = written ?? process.env["WARDLINE_PASSWORD"] ?? (await askSecret(`Password for ${as}`));
  return enterWorkplace(url, as, password);
}

async function askFor(report: string, options: Asking): Promise<unknown> {
  const { reason, receiver, recipient: recipients, archives, originals } = options;
  const items = /^(?:all|none)$/.test(originals) ? originals : originals.split(",").map((id) => id.trim());
  const workplace = await enter(options);
  return workplace.post("/exports", { report, reason, receiver, recipients, archives, originals: items });
}

/** The name is there once the file is whole. */
async function save(
  content: AsyncIterable<Uint8Array>,
  to: string,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash("sha256");
  let bytes = 0;
  const file = await open(`${to}.part`, "w", 0o600);
  try {
    for await (const piece of content) {
      digest.update(piece);
      bytes += piece.length;
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${to}.part`, to);
  return { bytes, sha256: digest.digest("hex") };
}

function show(answer: unknown): void {
  const { id, state, approvals, needed } = answer as {
    id: string;
    state: string;
    approvals: unknown[];
    needed: number;
  };
  say(`${id}  ${state}, ${approvals.length} of ${needed} agreed`);
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

const examples = `
Example:
  wardline export ask REPORT-ID --url https://wardline.example --as carl --receiver "District Court" \\
    --reason "Case 12/26, order of 3 May" --recipient age1... --archives --originals all
  wardline export approve EXPORT-ID --url https://wardline.example --as carl
  wardline export approve EXPORT-ID --url https://wardline.example --as clara
  wardline export fetch EXPORT-ID --url https://wardline.example --as carl --to case-12-26.tar.age

The password is asked for, or taken from WARDLINE_PASSWORD or a file. The receiver opens the file with age, and
checks it with sha256sum and the verifier inside.`;
