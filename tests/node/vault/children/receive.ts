/** Receives a granted item whose encrypted form lies in a file; says `at <bytes>` as it goes, and `done <id>`. */
import { readFile } from "node:fs/promises";
import { unhex } from "@wardline/protocol/encoding";
import { openFromArguments } from "./open.ts";

const [sealedPath = "", id = "", key = "", sha256 = "", bytes = ""] = process.argv.slice(4);
const sealed = await readFile(sealedPath);
const vault = await openFromArguments();
const grant = { id, key: unhex(key), sha256, bytes: Number(bytes), sealedBytes: sealed.length };
const receiving = await vault.receive(grant);
process.stdout.write(`at ${receiving.received}\n`);
while (receiving.received < sealed.length) {
  await receiving.write(sealed.subarray(receiving.received, receiving.received + 9_973));
  process.stdout.write(`at ${receiving.received}\n`);
}
process.stdout.write(`done ${(await receiving.finish()).id}\n`);
