/** Many single bytes of a court's package changed, each of them found. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Download } from "../../node/accounts/index.ts";
import { cleanUp } from "../node/federation/support.ts";
import { newReceiver, runIn, startCourt, type Court } from "../node/export/support.ts";
import { seededRandom } from "../support/seeded.ts";

let court: Court;
let receiver: Awaited<ReturnType<typeof newReceiver>>;

beforeAll(async () => {
  court = await startCourt();
  receiver = await newReceiver();
});
afterAll(async () => {
  await court.stop();
  await cleanUp();
  await receiver.remove();
});

test("300 changed bytes anywhere are found by the verifier, or by sha256sum where they are the verifier's own", async () => {
  const [carl, clara] = court.custodians;
  const { id } = (await court.call(carl, "POST", "/exports", {
    ...{ report: court.report, reason: "Case 12/26", receiver: "District Court" },
    ...{ recipients: [receiver.recipient], archives: true, originals: "all" },
  })) as { id: string };
  for (const person of [carl, clara]) await court.call(person, "POST", `/exports/${id}/approve`);
  const made = (await court.call(carl, "GET", `/exports/${id}/package`)) as Download;
  const folder = await receiver.open(await receiver.save(made));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const random = seededRandom("court");
  const below = (most: number) => Buffer.from(random(4)).readUInt32BE() % most;
  for (let round = 0; round < 300; round++) {
    const file = files[round % files.length] as string;
    const whole = readFileSync(file);
    const at = below(whole.length);
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
    writeFileSync(file, changed);
    const check = file.endsWith("verify.mjs")
      ? await runIn(folder, "sha256sum", "-c", "--strict", "manifest.sha256")
      : await runIn(folder, process.execPath, "verify.mjs");
    expect(check.code, `${file} at ${at}`).not.toBe(0);
    writeFileSync(file, whole);
  }
});
