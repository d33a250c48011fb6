/** The work of `wardline cluster`. */
import { createClusters, type Group, type Picture } from "@wardline/hashing/clusters";
import type { ListFormat } from "@wardline/hashing/lists";
import { WardlineError } from "@wardline/protocol/encoding";
import { codeAndMessage, type Told } from "./errors.ts";
import { createExaminer, type Examiner } from "./examine.ts";
import { inOrder } from "./in-order.ts";
import { interruption } from "./interrupt.ts";
import { printable, standardOutput, type Output } from "./output.ts";
import { createProblems } from "./problems.ts";
import { createProgress, type Progress } from "./progress.ts";
import { queriesOf, type Asked } from "./queries.ts";
import { subjectOfFile, type Subject } from "./subjects.ts";

export interface ClusterOptions {
  distance: number;
  quality: number;
  json?: boolean;
  all?: boolean;
  recursive?: boolean;
  jobs?: number;
  format?: ListFormat;
  bare?: "pdq" | "sha256";
}

/** The pictures' names; a picture's key is its place among them. */
interface Gathered {
  names: string[];
  pictures: Picture<number>[];
  failed: number;
}

export async function clusterFiles(asked: readonly string[], options: ClusterOptions): Promise<void> {
  const signal = interruption();
  const progress = createProgress("pictures");
  const output = standardOutput(progress);
  const { names, pictures, failed } = await gather(asked, options, { signal, progress, output });
  const { distance, quality } = options;
  const clusters = createClusters<number>({ distance, quality, capacity: Math.max(1000, pictures.length) });
  const grouping = createProgress("pictures grouped");
  grouping.outOf(pictures.length);
  try {
    await clusters.add(pictures, { signal, progress: grouping.at });
  } finally {
    grouping.clear();
  }
  const groups = [...clusters.groups(options.all === true ? 1 : 2)].sort(
    (a, b) => b.size - a.size || a.representative - b.representative,
  );
  for (const [at, group] of groups.entries())
    for (const line of linesOf(at + 1, group, names, options)) await output.line(line);
  if (options.json !== true)
    await output.line(`${names.length} pictures, ${clusters.count} after taking each group as one`);
  if (failed > 0) throw someFailed(failed, failed + names.length);
}

async function gather(
  asked: readonly string[],
  { json, jobs, recursive, format, bare }: ClusterOptions,
  { signal, progress, output }: { signal: AbortSignal; progress: Progress; output: Output },
): Promise<Gathered> {
  const examiner = createExaminer(jobs);
  const problems = createProblems(progress);
  const all: Gathered = { names: [], pictures: [], failed: 0 };
  const queries = queriesOf(asked, {
    recursive,
    reading: { format, bare },
    signal,
    onProblem: problems.tell,
  });
  const examine = (one: Asked) => pictureOf(one, examiner, signal);
  try {
    for await (const { name, hash, quality, error } of inOrder(
      queries,
      examiner.together * 4,
      examine,
      signal,
    )) {
      if (hash === undefined) {
        all.failed++;
        const readable = `${printable(name)}: ${error?.code}: ${error?.message}`;
        await output.line(json === true ? JSON.stringify({ file: name, error }) : readable);
      } else all.pictures.push({ key: all.names.push(name) - 1, hash, quality: quality ?? 100 });
      progress.at(all.names.length);
    }
  } finally {
    progress.clear();
    await examiner.close();
  }
  problems.sum();
  return all;
}

interface Examined {
  name: string;
  hash?: string;
  quality?: number;
  error?: Told;
}

async function pictureOf(asked: Asked, examiner: Examiner, signal: AbortSignal): Promise<Examined> {
  try {
    const subject =
      "subject" in asked
        ? asked.subject
        : subjectOfFile(asked.file, await examiner.examine(asked.file, { signal }));
    return hashOf(subject);
  } catch (error) {
    signal.throwIfAborted();
    return { name: "file" in asked ? asked.file : "", error: codeAndMessage(error) };
  }
}

function hashOf({ name, pdq, quality }: Subject): Examined {
  if (pdq === undefined) return { name, error: { code: "cli/no-pdq", message: "It has no PDQ hash." } };
  return { name, hash: pdq, ...(quality !== undefined && { quality }) };
}

function linesOf(
  number: number,
  group: Group<number>,
  names: readonly string[],
  { json }: ClusterOptions,
): string[] {
  const name = (key: number) => names[key] ?? "";
  const members = [...group.members()].sort((a, b) => a.distance - b.distance || a.key - b.key);
  if (json === true) {
    const told = members.map(({ key, distance, quality }) => ({ name: name(key), distance, quality }));
    return [
      JSON.stringify({
        group: number,
        size: group.size,
        representative: name(group.representative),
        members: told,
      }),
    ];
  }
  const others = members.filter(({ key }) => key !== group.representative);
  return [
    `group ${number}: ${group.size} like ${printable(name(group.representative))}`,
    ...others.map(({ key, distance }) => `  ${String(distance).padStart(3)} bits  ${printable(name(key))}`),
  ];
}

const someFailed = (failed: number, all: number) =>
  new WardlineError("cli/some-failed", `${failed} of ${all} pictures could not be grouped.`, {
    advice: "Their lines say why.",
  });
