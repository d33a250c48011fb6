/** `wardline hash`: digests and perceptual hashes of files. */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { HashOptions } from "./hash-files.ts";

export function addHash(program: Command): void {
  program
    .command("hash <files...>")
    .description(
      "Digests and PDQ of pictures, digests and frame hashes of videos; - reads file names from standard input.",
    )
    .option("--json", "one JSON object a line: file, sha256, sha1, md5, pdq, quality, or error")
    .option("--dihedral", "also the PDQ hashes of the eight turns and mirrorings (with --json)")
    .option("--frames", "also the PDQ hashes of the frames of videos, one a second (with --json)")
    .addOption(
      new Option("--vpdq", "the frames of one video, one a second, in the text format of vPDQ").conflicts([
        ...["json", "dihedral", "frames", "recursive", "resume"],
      ]),
    )
    .option("-r, --recursive", "all files in folders, too")
    .option("--resume <output>", "append JSON lines to this file, and skip files that it already has")
    .option("--jobs <number>", "pictures decoded side by side; default: the processor's cores", parseJobs)
    .addHelpText("after", examples)
    .action(hash);
}

const examples = `
Pictures are JPEG, PNG, WebP or GIF; they and videos are opened in a sandbox only. A file that cannot be hashed gets a
line that says why, the others go on, and the exit code is 1.

Examples:
  wardline hash photo.jpg
  wardline hash --json --dihedral *.jpg
  wardline hash --json --recursive --resume hashes.jsonl /evidence/disk1
  wardline hash --vpdq clip.mp4 > clip.txt
  find . -name '*.png' | wardline hash --json -`;

/** As for the decoder's children. */
export function parseJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 16) return jobs;
  throw new InvalidArgumentError("A whole number from 1 to 16.");
}

async function hash(
  names: string[],
  { vpdq, ...options }: HashOptions & { vpdq?: boolean },
  command: Command,
): Promise<void> {
  const [first, ...others] = names;
  if (vpdq === true && first !== undefined) {
    if (others.length > 0) command.error("error: --vpdq is for one video.", { exitCode: 2 });
    const { hashAsVpdq } = await import("./hash-vpdq.ts");
    return hashAsVpdq(first);
  }
  const { hashFiles } = await import("./hash-files.ts");
  await hashFiles(names, options);
}
