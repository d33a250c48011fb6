/** The work of `wardline hash`: files in, a line for each out, in the same order. */
import { WardlineError } from "@wardline/protocol/encoding";
import { createExaminer, type Examined, type Examiner } from "./examine.ts";
import { codeAndMessage, type Told } from "./errors.ts";
import { countFiles, filesOf } from "./files.ts";
import { inOrder } from "./in-order.ts";
import { interruption } from "./interrupt.ts";
import { fileOutput, printable, standardOutput, type Output } from "./output.ts";
import { createProgress } from "./progress.ts";
import { filesIn } from "./resume.ts";

export interface HashOptions {
  json?: boolean;
  dihedral?: boolean;
  frames?: boolean;
  recursive?: boolean;
  resume?: string;
  jobs?: number;
}

interface Result {
  file: string;
  examined?: Examined;
  error?: Told;
}

export async function hashFiles(names: readonly string[], options: HashOptions): Promise<void> {
  const signal = interruption();
  const done = options.resume === undefined ? new Set<string>() : await filesIn(options.resume);
  const progress = createProgress("files");
  const output = options.resume === undefined ? standardOutput(progress) : await fileOutput(options.resume);
  const examiner = createExaminer(options.jobs);
  const { recursive } = options;
  if (process.stderr.isTTY)
    void countFiles(names, { recursive }).then((count) =>
      progress.outOf(count === undefined ? undefined : count),
    );
  let [failed, count] = [0, 0];
  try {
    const files = skipping(filesOf(names, { recursive, signal }), done, () => progress.at(++count));
    // A few more than are decoded at a time, so that a slow one does not keep the others waiting.
    const results = inOrder(
      files,
      examiner.together * 4,
      (file) => resultOf(file, examiner, options, signal),
      signal,
    );
    for await (const result of results) {
      if (result.error !== undefined) failed++;
      await write(result, options, output);
      progress.at(++count);
    }
  } finally {
    progress.clear();
    await output.close();
    await examiner.close();
  }
  if (failed > 0) throw someFailed(failed, count);
}

async function* skipping(files: AsyncIterable<string>, done: Set<string>, onSkip: () => void) {
  for await (const file of files) {
    if (done.has(file)) onSkip();
    else yield file;
  }
}

async function resultOf(
  file: string,
  examiner: Examiner,
  { frames }: HashOptions,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return { file, examined: await examiner.examine(file, { frames, signal }) };
  } catch (error) {
    signal.throwIfAborted();
    return { file, error: codeAndMessage(error) };
  }
}

async function write(result: Result, options: HashOptions, output: Output): Promise<void> {
  if (options.json === true || options.resume !== undefined)
    return output.line(JSON.stringify(jsonOf(result, options)));
  await output.line(readable(result));
}

function jsonOf({ file, examined, error }: Result, { dihedral, frames }: HashOptions): object {
  if (examined === undefined) return { file, error };
  const { sha256, sha1, md5, picture } = examined;
  return {
    file,
    ...{ sha256, sha1, md5 },
    ...(picture && { pdq: picture.pdq, quality: picture.quality }),
    ...(picture && dihedral === true && { dihedral: picture.dihedral }),
    ...(frames === true && examined.frames && { frames: examined.frames }),
  };
}

/** PDQ and quality, or the SHA-256 of what has no PDQ, then the file's name. */
function readable({ file, examined, error }: Result): string {
  if (examined === undefined) return `${`${error?.code}`.padEnd(70)}  ${printable(file)}: ${error?.message}`;
  const { picture, sha256, frames } = examined;
  if (picture !== undefined)
    return `pdq    ${picture.pdq}  quality ${String(picture.quality).padStart(3)}  ${printable(file)}`;
  return `sha256 ${sha256}  ${frames === undefined ? "video" : `${frames.length} frames`}  ${printable(file)}`;
}

const someFailed = (failed: number, all: number) =>
  new WardlineError("cli/some-failed", `${failed} of ${all} files could not be hashed.`, {
    advice: "Their lines say why.",
  });
