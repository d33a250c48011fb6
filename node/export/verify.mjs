#!/usr/bin/env node
// Checks an export of Wardline with nothing but Node.js 20 or newer: no network, no libraries, nothing of the sender's.
//
//   node verify.mjs              checks everything
//   node verify.mjs --key KEY    also that the log's key is KEY, as you have it from the federation or the sender
//   node verify.mjs --log        prints the custody log after checking it
//
// 1. manifest.sha256: every file is there, is what it was, and no other is there.
// 2. custody/checkpoint.txt: signed by the key in custody/log-key.txt (C2SP signed note, Ed25519).
// 3. custody/entries.jsonl: each entry's content opens its commitment, and each commitment stands in the signed log
//    (RFC 6962 inclusion proof).
// 4. The log itself says which files were exported, which entries there are, and which archives were captured when: they
//    are these.
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const wantedKey = argumentAfter("--key");
const failures = [];

const say = (line) => process.stdout.write(`${line}\n`);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hex = (bytes) => Buffer.from(bytes).toString("hex");

const manifest = check("manifest", readManifest);
if (manifest) await checkAsync("files", () => checkFiles(manifest));
const checkpoint = check("checkpoint", readCheckpoint);
const log = checkpoint ? await checkAsync("custody log", () => readLog(checkpoint)) : undefined;
if (manifest && log) check("contents", () => checkContents(manifest, log));

if (process.argv.includes("--log"))
  for (const { index, reads } of log?.entries ?? [])
    say(
      `${index}  ${reads ? `${new Date(reads.at).toISOString()}  ${reads.kind}  ${reads.actor}  ${JSON.stringify(reads.detail)}` : "erased"}`,
    );

if (failures.length > 0) {
  say(
    `\nNOT VERIFIED: ${failures.length} check${failures.length === 1 ? "" : "s"} failed. Do not rely on this export.`,
  );
  process.exitCode = 1;
} else {
  say("\nVerified.");
  if (wantedKey === undefined)
    say(
      "Compare the log's key above with the one that the federation's roster has for the sender, or pass it as --key.",
    );
}

function check(name, work) {
  try {
    const found = work();
    say(`ok      ${name}: ${found.says}`);
    return found;
  } catch (error) {
    return failed(name, error);
  }
}

async function checkAsync(name, work) {
  try {
    const found = await work();
    say(`ok      ${name}: ${found.says}`);
    return found;
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name, error) {
  failures.push(name);
  say(`FAILED  ${name}: ${error.message}`);
  return undefined;
}

function must(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

function argumentAfter(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function readManifest() {
  const text = readFileSync(join(folder, "manifest.sha256"), "utf8");
  must(text.endsWith("\n"), "manifest.sha256 is cut short.");
  const lines = text.slice(0, -1).split("\n");
  const files = new Map();
  for (const line of lines) {
    const [, digest, name] = /^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._/-]*)$/.exec(line) ?? [];
    must(name !== undefined && !name.includes(".."), "manifest.sha256 has a line that it cannot have.");
    must(!files.has(name), `manifest.sha256 lists ${name} twice.`);
    files.set(name, digest);
  }
  return { files, lines, says: `${files.size} files listed` };
}

async function checkFiles({ files }) {
  const wrong = [];
  for (const [name, digest] of files) {
    const found = await digestOf(join(folder, name)).catch(() => undefined);
    if (found === undefined) wrong.push(`${name} is missing`);
    else if (found !== digest) wrong.push(`${name} was changed`);
  }
  for (const name of namesBelow(""))
    if (name !== "manifest.sha256" && !files.has(name)) wrong.push(`${name} is not listed`);
  must(wrong.length === 0, `${wrong.join("; ")}.`);
  return { says: "each has the SHA-256 that the manifest states, and there are no others" };
}

async function digestOf(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

function* namesBelow(below) {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* namesBelow(name);
    else yield name;
  }
}

/** C2SP signed-note and tlog-checkpoint: origin, number of entries, root; an empty line; signatures. */
function readCheckpoint() {
  const [, name, keyId, encoded] = /^(\S+)\+([0-9a-f]{8})\+(\S+)\n$/.exec(read("custody/log-key.txt")) ?? [];
  must(encoded !== undefined, "custody/log-key.txt is no verifier key.");
  const key = Buffer.from(encoded, "base64");
  must(key.length === 33 && key[0] === 1, "The log's key is no Ed25519 key.");
  must(hex(sha256(`${name}\n`, key)).startsWith(keyId), "The log's key does not have the id that it states.");
  const stated = `${name}+${keyId}+${encoded}`;
  must(
    wantedKey === undefined || wantedKey === stated,
    `The log's key is ${stated}, not the one that you gave.`,
  );
  const note = read("custody/checkpoint.txt");
  const end = note.indexOf("\n\n");
  const body = note.slice(0, end + 1);
  const [origin, size, root, ...more] = body.split("\n").slice(0, -1);
  must(end > 0 && origin === name && /^\d+$/.test(size) && more.length === 0, "The checkpoint is malformed.");
  const signature = note
    .slice(end + 2)
    .split("\n")
    .map((line) => line.split(" "))
    .find(([dash, signer]) => dash === "—" && signer === name);
  const signed = Buffer.from(signature?.[2] ?? "", "base64");
  must(
    signed.length === 68 && hex(signed.subarray(0, 4)) === keyId,
    "The log's key did not sign the checkpoint.",
  );
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  must(
    verifySignature(null, Buffer.from(body), publicKey, signed.subarray(4)),
    "The checkpoint's signature is wrong.",
  );
  return {
    size: Number(size),
    root: Buffer.from(root, "base64"),
    says: `${size} entries, signed by ${stated}`,
  };
}

async function readLog({ size, root }) {
  const entries = [];
  let erased = 0;
  const lines = createInterface({
    input: createReadStream(join(folder, "custody/entries.jsonl")),
    crlfDelay: 0,
  });
  for await (const line of lines) {
    const entry = JSON.parse(line);
    const where = `Entry ${entry.index}`;
    must(
      Number.isSafeInteger(entry.index) && entry.index > (entries.at(-1)?.index ?? -1),
      `${where} is out of order.`,
    );
    const commitment = Buffer.from(entry.commitment, "hex");
    if (entry.erased) erased++;
    else {
      const content = Buffer.from(entry.content, "base64");
      const opened = sha256(pae("wardline/ledger/entry/1", Buffer.from(entry.salt, "hex"), content));
      must(opened.equals(commitment), `${where} is not what the log holds.`);
      must(same(readCbor(content), entry.reads), `${where} does not say what it reads.`);
    }
    const proof = entry.proof.map((hash) => Buffer.from(hash, "hex"));
    const climbed = climb(0, size, entry.index, sha256(Buffer.of(0), commitment), proof);
    must(climbed?.equals(root), `${where} is not proved to stand in the log.`);
    entries.push({
      ...{ index: entry.index, reads: entry.reads },
      line: `${entry.index} ${entry.commitment} ${entry.erased ? "erased" : "whole"}\n`,
    });
  }
  must(entries.length > 0, "There are no entries.");
  const without = erased === 0 ? "" : `, the content of ${erased} erased since`;
  return { entries, says: `${entries.length} entries, each proved to stand in the signed log${without}` };
}

function checkContents({ files, lines }, { entries }) {
  const { id } = JSON.parse(read("export.json"));
  const made = entries
    .filter(({ reads }) => reads?.kind === "export.made" && reads.detail.export === id)
    .at(-1)?.reads;
  must(made !== undefined, "The log does not say that this export was made.");
  const contents = lines.filter((line) => !line.slice(66).startsWith("custody/"));
  const digest = hex(sha256(contents.map((line) => `${line}\n`).join("")));
  must(digest === made.detail.contents, "The log states other contents than these for this export.");
  const { upTo, sha256: soFar } = made.detail.log;
  const before = entries.filter(({ index }) => index < upTo).map(({ line }) => line);
  must(
    hex(sha256(before.join(""))) === soFar,
    "The log has other entries about this report than are shown here.",
  );
  const archived = new Map(
    entries
      .filter(({ reads }) => reads?.kind === "capture.archived")
      .map(({ reads }) => [`warc/${reads.detail.archive}`, reads]),
  );
  const warcs = [...files].filter(([name]) => name.startsWith("warc/"));
  for (const [name, sha256] of warcs)
    must(
      sha256 === archived.get(name)?.detail.sha256,
      `${name} is not an archive that the log says was captured.`,
    );
  for (const [name, sha256] of files)
    must(
      !name.startsWith("originals/") || name.startsWith(`originals/${sha256}.`),
      `${name} is named by another digest.`,
    );
  return {
    says: `the signed log states these very ${made.detail.files} files; it holds the digests of ${warcs.length} of ${archived.size} archives, taken down when they were captured`,
  };
}

function read(name) {
  return readFileSync(join(folder, name), "utf8");
}

/** The root that a proof leads to (RFC 6962, section 2.1.1), or undefined when it has too few or too many hashes. */
function climb(from, to, index, leaf, proof) {
  if (to - from === 1) return proof.length === 0 ? leaf : undefined;
  if (index < from || index >= to || proof.length === 0) return undefined;
  let half = 1;
  while (half * 2 < to - from) half *= 2;
  const middle = from + half;
  const sibling = proof.at(-1);
  const left = index < middle;
  const below = climb(left ? from : middle, left ? middle : to, index, leaf, proof.slice(0, -1));
  if (below === undefined) return undefined;
  return left ? sha256(Buffer.of(1), below, sibling) : sha256(Buffer.of(1), sibling, below);
}

/** Pre-authentication encoding of DSSE v1, each part with its length. */
function pae(type, ...parts) {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type}`),
    ...parts.flatMap((part) => [Buffer.from(` ${part.length} `), part]),
  ]);
}

/** CBOR (RFC 8949) of definite lengths: what the log's entries are written in. */
function readCbor(bytes) {
  let at = 0;
  const value = next();
  must(at === bytes.length, "An entry has bytes after its end.");
  return value;

  function next() {
    const first = bytes[at++];
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) return simple(info);
    const count = length(info);
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 2) return { bytes: hex(take(count)) };
    if (major === 3) return take(count).toString("utf8");
    if (major === 4) return Array.from({ length: count }, next);
    must(major === 5, "An entry holds what it cannot hold.");
    return Object.fromEntries(Array.from({ length: count }, () => [next(), next()]));
  }

  function simple(info) {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22) return null;
    if (info === 25) return half(take(2).readUInt16BE());
    if (info === 26) return take(4).readFloatBE();
    must(info === 27, "An entry holds what it cannot hold.");
    return take(8).readDoubleBE();
  }

  function length(info) {
    if (info < 24) return info;
    if (info === 24) return take(1)[0];
    if (info === 25) return take(2).readUInt16BE();
    if (info === 26) return take(4).readUInt32BE();
    must(info === 27, "An entry holds what it cannot hold.");
    return Number(take(8).readBigUInt64BE());
  }

  function take(count) {
    must(at + count <= bytes.length, "An entry ends early.");
    at += count;
    return bytes.subarray(at - count, at);
  }
}

function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function same(a, b) {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}
