/**
 * The package of one export. Its documents are put aside in the vault first, since an archive states the length of a file
 * before the file, and the log must state all digests before the first byte leaves:
 *
 *   documents → vault → digest of all contents → ledger (export.made) → custody log with proofs → manifest → tar → age
 *
 * Memory stays the same however much is exported.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Caller, Download } from "../accounts/index.ts";
import type { Item } from "../casework/index.ts";
import { custodyLines, logSoFar, verifierKey } from "./custody.ts";
import { acquisitionsOf, itemDocument, jsonList, reportDocument } from "./documents.ts";
import { encrypted } from "./encrypt.ts";
import { readme } from "./readme.ts";
import { putRequest, requireRequest, type ExportPackage, type ExportRequest } from "./records.ts";
import { checkReady } from "./requests.ts";
import type { ExportServices } from "./services.ts";
import { tarOf, type TarFile } from "./tar.ts";

interface PackedFile extends TarFile {
  sha256: string;
}

/** Makes the package of an export that two people agreed to. @throws as `checkReady`, `ledger/damaged`, the vault's errors */
export async function makePackage(services: ExportServices, id: string, caller: Caller): Promise<Download> {
  const { commit, clock, ledger } = services;
  const at = clock.now();
  const request = await requireRequest(commit, id);
  checkReady(request, at);
  const aside = putAside(services);
  try {
    const contents = [
      ...(await documents(services, request, at, aside)),
      ...(await material(services, request)),
    ];
    const made = { at, by: caller.pseudonymFor(request.report), ...summaryOf(contents) };
    const log = await logSoFar(ledger, commit, request.report);
    await commit.run((unit) => recordMade(unit, id, made, log));
    const custody = await custodyFiles(services, request.report, aside);
    const manifest = manifestOf([...contents, ...custody]);
    const files = [...contents, ...custody, fileOf("manifest.sha256", manifest)];
    const folder = `wardline-${request.reference.replace(/[^A-Za-z0-9-]/g, "-")}`;
    const plain = tarOf(folder, files, at);
    const content = leaving(services, encrypted(plain, request.recipients), request, made, aside);
    return { name: `${folder}.tar.age`, content };
  } catch (error) {
    await aside.forget();
    throw error;
  }
}

type Aside = ReturnType<typeof putAside>;

/** Documents in the vault, for as long as the package is being made. */
function putAside({ vault }: ExportServices) {
  const kept: string[] = [];
  return {
    async file(name: string, content: AsyncIterable<Uint8Array>): Promise<PackedFile> {
      const { id, size: bytes, sha256 } = await vault.put(content);
      kept.push(id);
      return { name, bytes, sha256, read: () => vault.read(id) };
    },
    async forget() {
      for (const id of kept.splice(0)) await vault.shred(id);
    },
  };
}

async function documents(
  { commit, casework, federation }: ExportServices,
  request: ExportRequest,
  at: number,
  aside: Aside,
): Promise<PackedFile[]> {
  const report = await casework.report(commit, request.report);
  const all = await casework.itemsOf(commit, report.id);
  const { id, name, country } = federation.self;
  const { reason, receiver, recipients, archives, asked, by } = request;
  const order = { id: request.id, sender: { id, name, country }, reason, receiver, recipients, archives };
  const items = jsonList(all.map((item) => itemDocument(casework, report, item)));
  return [
    fileOf("README.txt", readme(request, { name, country }, at)),
    fileOf("verify.mjs", await readFile(new URL("verify.mjs", import.meta.url), "utf8")),
    fileOf("export.json", json({ ...order, originals: request.originals, asked, by, made: at })),
    fileOf("report.json", json(reportDocument(casework, report, all))),
    await aside.file("items.json", items),
    await aside.file("acquisition.json", jsonList(acquisitionsOf(casework, commit, all))),
  ];
}

/** What was captured, as far as it was agreed that it leaves. The vault verifies every byte as it is read. */
async function material(
  { commit, casework, vault }: ExportServices,
  { report, archives, originals }: ExportRequest,
): Promise<PackedFile[]> {
  const captured = archives ? await casework.archives(commit, report) : [];
  const warcs = captured.map(({ id, name, bytes, sha256 }) => ({
    ...{ name: `warc/${name}`, bytes, sha256 },
    read: () => vault.read(id),
  }));
  const released = (await casework.itemsOf(commit, report)).filter(({ id }) => originals.includes(id));
  const bySha256 = new Map(released.map((item) => [item.digests.sha256, item]));
  return [...warcs, ...[...bySha256.values()].flatMap((item) => originalOf(item, vault))];
}

function originalOf({ original, digests, bytes, mime }: Item, vault: ExportServices["vault"]): PackedFile[] {
  if (original === undefined) return [];
  const ending = /^(?:image|video)\/([a-z0-9]+)$/.exec(mime)?.[1] ?? "bin";
  const name = `originals/${digests.sha256}.${ending}`;
  return [{ name, bytes, sha256: digests.sha256, read: () => vault.read(original) }];
}

async function custodyFiles(
  { ledger, commit, federation }: ExportServices,
  report: string,
  aside: Aside,
): Promise<PackedFile[]> {
  const checkpoint = ledger.checkpoint();
  return [
    await aside.file("custody/entries.jsonl", custodyLines(ledger, commit, report, checkpoint)),
    fileOf("custody/checkpoint.txt", checkpoint.text),
    fileOf("custody/log-key.txt", verifierKey(checkpoint.origin, federation.self.logKey)),
  ];
}

function summaryOf(contents: readonly PackedFile[]): Pick<ExportPackage, "contents" | "files"> {
  return { contents: sha256Of(Buffer.from(manifestOf(contents))), files: contents.length };
}

async function recordMade(
  unit: Parameters<typeof putRequest>[0],
  id: string,
  made: ExportPackage,
  log: Awaited<ReturnType<typeof logSoFar>>,
): Promise<void> {
  const request = await requireRequest(unit, id);
  checkReady(request, unit.now);
  const { receiver, reason, recipients, archives, originals } = request;
  const { contents, files } = made;
  const what = { export: id, receiver, reason, recipients, archives, originals: originals.length };
  unit.record({
    ...{ kind: "export.made", subject: [request.report], actor: `person:${made.by}` },
    detail: { ...what, files, contents, log },
  });
  putRequest(unit, { ...request, packages: [...request.packages, made] });
}

/** Notes when the last byte was taken; what breaks off leaves a file that does not open, and the entry that it was made. */
async function* leaving(
  { commit }: ExportServices,
  content: AsyncIterable<Uint8Array>,
  { id, report }: ExportRequest,
  made: ExportPackage,
  aside: Aside,
): AsyncGenerator<Uint8Array> {
  const digest = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of content) {
      digest.update(piece);
      bytes += piece.length;
      yield piece;
    }
  } finally {
    await aside.forget();
  }
  const sent = { bytes, sha256: digest.digest("hex") };
  await commit.run(async (unit) => {
    const request = await requireRequest(unit, id);
    const packages = request.packages.map((one) =>
      one.at === made.at && one.by === made.by ? { ...one, sent } : one,
    );
    unit.record({
      ...{ kind: "export.sent", subject: [report], actor: `person:${made.by}` },
      detail: { export: id, ...sent },
    });
    putRequest(unit, { ...request, packages });
  });
}

/** As `sha256sum` writes and checks it. */
const manifestOf = (files: readonly PackedFile[]): string =>
  files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");

function fileOf(name: string, text: string): PackedFile {
  const content = Buffer.from(text);
  return { name, bytes: content.length, sha256: sha256Of(content), read: () => [content] };
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
