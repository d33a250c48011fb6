/** `wardline compare`: how alike two pictures or videos are, and what that means. */
import type { Command } from "commander";

export function addCompare(program: Command): void {
  program
    .command("compare <a> <b>")
    .description(
      "How alike two pictures or videos are; each is a file, a hash such as pdq:f8f8…, or hashes of a video.",
    )
    .option("--json", "one JSON object")
    .addHelpText("after", examples)
    .action(async (a: string, b: string, options: { json?: boolean }) => {
      const { compareTwo } = await import("./compare-two.ts");
      await compareTwo(a, b, options);
    });
}

const examples = `
PDQ distances count the bits of 256 that differ: 0 to 31 is a copy by the field's usual threshold, unrelated pictures
differ in about 128. One picture is also turned and mirrored, in all eight ways, and the best counts.
A vPDQ text is compared with another or with a video, a TMK+PDQF file with another; both are told by how they begin.

Examples:
  wardline compare original.jpg copy.png
  wardline compare a.mp4 b.mp4
  wardline compare clip.mp4 vpdq.txt
  wardline compare a.tmk b.tmk
  wardline compare photo.jpg pdq:f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22`;
