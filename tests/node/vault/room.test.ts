/** Receptions when the disk takes no more: a typed refusal, nothing lost, and on it goes when there is room. */
import { spawn } from "node:child_process";
import { statfs, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { equalBytes, hex } from "@wardline/protocol/encoding";
import { grantOf, newPlace, openAt, pattern, runChild } from "./support.ts";

const MiB = 2 ** 20;
const program = new URL("children/receive.ts", import.meta.url);

test("is refused before the free space that the node keeps for itself, and goes on when there is more", async () => {
  const giving = await openAt(await newPlace());
  const bytes = pattern(3 * MiB);
  const item = await giving.put(bytes);
  const grant = await grantOf(giving, item, "g");
  const place = await newPlace();
  const { bavail, bsize } = await statfs(place.dataFolder);
  const narrow = await (await openAt(place, { reserve: bavail * bsize * 2 })).receive(grant);
  const first = await giving.grantRange(item.id, "g", 0, MiB);
  await expect(narrow.write(first)).rejects.toMatchObject({ code: "vault/no-room" });
  expect(narrow.received).toBe(0);
  const vault = await openAt(place);
  const receiving = await vault.receive(grant);
  while (receiving.received < grant.sealedBytes)
    await receiving.write(await giving.grantRange(item.id, "g", receiving.received, MiB));
  expect(equalBytes(await vault.readAll((await receiving.finish()).id, bytes.length), bytes)).toBe(true);
});

test("keeps what it has when the system refuses to write more, and goes on from there", async () => {
  const giving = await openAt(await newPlace());
  const item = await giving.put(pattern(3 * MiB));
  const grant = await grantOf(giving, item, "g");
  const place = await newPlace();
  const sealed = `${place.dataFolder}/../sealed`;
  const parts = [0, 1, 2, 3].map((at) => giving.grantRange(item.id, "g", at * MiB, MiB));
  await writeFile(sealed, Buffer.concat(await Promise.all(parts)));
  const args = [place.dataFolder, place.keyFile, sealed, "g", hex(grant.key), item.sha256, String(item.size)];
  const { errors } = await refusedFilesBeyond(2048, args);
  expect(errors).toContain("vault/no-room");
  const { lines } = await runChild(program, args);
  const begun = Number(lines[0]?.split(" ")[1]);
  expect(begun).toBeGreaterThan(MiB / 2);
  expect(lines.at(-1)).toMatch(/^done /);
});

/** Runs the program where no file may become longer than so many blocks; the system refuses it in the middle of a write. */
function refusedFilesBeyond(blocks: number, args: readonly string[]): Promise<{ errors: string }> {
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", script, process.execPath, fileURLToPath(program), ...args]);
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve({ errors }));
  });
}
