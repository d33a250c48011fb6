/**
 * The thread that looks digests up, in the exact index on disk. A record there is an entry's facts (12 bytes) and zeros.
 * Queries are answered at once; additions go one batch after another, since each replaces what an entry said before.
 */
import { parentPort, workerData } from "node:worker_threads";
import { HashingError } from "../errors.ts";
import { openExactIndex, type DigestQuery, type ExactEntry, type ExactIndex } from "../exact/index.ts";
import { keyHighOf, listOf } from "./facts.ts";
import {
  digestKinds,
  digestLengths,
  type DigestRequest,
  type DigestThreadData,
  type DigestsAsked,
  type Envelope,
  type PackedDigests,
  type Reply,
} from "./messages.ts";
import { isSeen, type Rules } from "./rules.ts";
import { packed } from "./search-all.ts";
import { hitWord, type Finding } from "./search.ts";
import { createPipe, type Pipe } from "./pipe.ts";
import { errorParts } from "./thread.ts";

const FACT_WORDS = 3;
const RECORD_BYTES = 16;
const sha256 = digestKinds.indexOf("sha256");

const port = parentPort;
if (!port) throw new Error("digest-thread.ts is started as a thread.");

const send = (reply: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
const { folder, key } = workerData as DigestThreadData;
const opened = openExactIndex({ folder, key });
let changes: Promise<unknown> = Promise.resolve();
let build: { pipe: Pipe<ExactEntry[]>; done: Promise<void> } | undefined;

port.on("message", ({ id, request }: Envelope<DigestRequest>) => {
  if (request.kind === "match") void reply(id, (exact) => find(exact, request.asked));
  else changes = changes.then(() => reply(id, (exact) => change(exact, request)));
});
void reply(0, async ({ rows }) => ({ value: rows }));

/** Errors of the exact index go to whoever asked; any other ends the thread. */
async function reply(
  id: number,
  work: (exact: ExactIndex) => Promise<{ value: unknown; transfer?: ArrayBuffer[] }>,
): Promise<void> {
  try {
    const { value, transfer } = await work(await opened);
    send({ id, value }, transfer);
  } catch (error) {
    if (!(error instanceof HashingError)) throw error;
    send({ id, error: errorParts(error) });
  }
}

async function change(exact: ExactIndex, request: Exclude<DigestRequest, { kind: "match" }>) {
  if (request.kind === "begin") beginBuild(exact);
  else if (request.kind === "end") await endBuild();
  else if (request.kind === "compact") await exact.compact();
  else if (request.kind === "close") await exact.close();
  else if (request.how === "build" && build)
    await build.pipe.write(entriesOf(request.digests, request.facts));
  else await replace(exact, entriesOf(request.digests, request.facts), request.how !== "remove");
  return { value: exact.rows };
}

/** Into an empty index a build streams; into any other, entries are added one by one. */
function beginBuild(exact: ExactIndex): void {
  if (build || exact.rows > 0) return;
  const pipe = createPipe<ExactEntry[]>();
  const done = exact.build(pipe);
  done.catch((error: unknown) => pipe.fail(error));
  build = { pipe, done };
}

async function endBuild(): Promise<void> {
  const ended = build;
  build = undefined;
  ended?.pipe.end();
  await ended?.done;
}

/** Takes out what the same list and key said of these digests, and puts in what they say now. */
async function replace(exact: ExactIndex, entries: readonly ExactEntry[], putsIn: boolean): Promise<void> {
  const lastOfEach = [...new Map(entries.map((entry) => [identity(entry), entry])).values()];
  const known = await exact.findBatch(lastOfEach);
  await Promise.all(
    lastOfEach.flatMap(({ kind, digest, record }, index) => {
      const old = (known[index] ?? []).filter((one) => isSameEntry(one, record));
      const stays = putsIn && old.some((one) => equals(one, record));
      const gone = old.filter((one) => !putsIn || !equals(one, record));
      return [
        ...gone.map((one) => exact.remove(kind, digest, one)),
        ...(putsIn && !stays ? [exact.add(kind, digest, record)] : []),
      ];
    }),
  );
}

async function find(exact: ExactIndex, asked: DigestsAsked) {
  const { views, rules, owners, limit } = asked;
  const records = await exact.findBatch(digestsOf(asked.digests));
  const findings = Array.from(views, (): Finding => {
    return { counts: new Uint32Array(digestKinds.length), hits: [], good: [], cut: false };
  });
  // Strongest kind first, so that the limit cuts the weakest.
  for (let kind = 0; kind < digestKinds.length; kind++)
    for (const [index, own] of records.entries()) {
      if (asked.digests.kinds[index] !== kind) continue;
      const owner = owners[index] as number;
      const view = rules[views[owner] as number] as Rules;
      for (const record of own) weigh(findings[owner] as Finding, record, kind, view, limit);
    }
  const { found, transfer } = packed(findings, digestKinds.length);
  return { value: found, transfer };
}

function weigh(finding: Finding, record: Uint8Array, kind: number, rules: Rules, limit: number): void {
  const { a, b, c } = factsIn(record);
  const list = listOf(a);
  if (!isSeen(rules, list)) return;
  const hit = [a, b, c, hitWord(0, kind)];
  if (rules.good[list] === 1) {
    if (kind === sha256 && finding.good.length === 0) finding.good.push(...hit);
    return;
  }
  const count = finding.counts.reduce((sum, one) => sum + one, 0);
  if (count < limit) finding.hits.push(...hit);
  finding.counts[kind] = (finding.counts[kind] as number) + 1;
}

function entriesOf(digests: PackedDigests, facts: Uint32Array): ExactEntry[] {
  return digestsOf(digests).map((query, index) => {
    const record = new Uint8Array(RECORD_BYTES);
    const view = new DataView(record.buffer);
    for (let word = 0; word < FACT_WORDS; word++)
      view.setUint32(word * 4, facts[index * FACT_WORDS + word] as number, true);
    return { ...query, record };
  });
}

function digestsOf({ kinds, bytes }: PackedDigests): DigestQuery[] {
  let at = 0;
  return Array.from(kinds, (number) => {
    const kind = digestKinds[number] as DigestQuery["kind"];
    const digest = bytes.slice(at, (at += digestLengths[number] as number));
    return { kind, digest };
  });
}

function factsIn(record: Uint8Array) {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return { a: view.getUint32(0, true), b: view.getUint32(4, true), c: view.getUint32(8, true) };
}

function isSameEntry(one: Uint8Array, other: Uint8Array): boolean {
  const [left, right] = [factsIn(one), factsIn(other)];
  return listOf(left.a) === listOf(right.a) && left.b === right.b && keyHighOf(left.c) === keyHighOf(right.c);
}

const equals = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

function identity({ kind, digest, record }: ExactEntry): string {
  const { a, b, c } = factsIn(record);
  return `${kind}/${Buffer.from(digest).toString("latin1")}/${listOf(a)}/${b}/${keyHighOf(c)}`;
}
