/** An export for a court, from the request to the receiver's own checks with stock programs. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller, Download } from "../../../node/accounts/index.ts";
import type { z } from "zod";
import type { exportView } from "../../../node/export/views.ts";
import { cleanUp } from "../federation/support.ts";
import { newReceiver, runIn, startCourt, type Court } from "./support.ts";

type Export = z.infer<typeof exportView>;

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

const ask = (more: Record<string, unknown> = {}, caller: Caller = court.custodians[0]) =>
  court.call(caller, "POST", "/exports", {
    report: court.report,
    reason: "Case 12/26, order of the court of 3 May",
    receiver: "District Court",
    recipients: [receiver.recipient],
    archives: true,
    originals: "all",
    ...more,
  }) as Promise<Export>;

async function agreed(more: Record<string, unknown> = {}): Promise<Export> {
  const { id } = await ask(more);
  await court.call(court.custodians[0], "POST", `/exports/${id}/approve`);
  return (await court.call(court.custodians[1], "POST", `/exports/${id}/approve`)) as Export;
}

const fetchPackage = (id: string, caller: Caller = court.custodians[0]) =>
  court.call(caller, "GET", `/exports/${id}/package`) as Promise<Download>;

const entriesOf = async (kind: string) =>
  (await Array.fromAsync(court.hotline.ledger.ofSubject(court.hotline.commit, court.report))).filter(
    (entry) => entry.kind === kind,
  );

/** Every file of the package below its folder. */
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("nothing leaves", () => {
  test("before a second person has agreed, and the same person or sign-in counts once", async () => {
    const { id, state, needed } = await ask();
    expect([state, needed]).toEqual(["waiting", 2]);
    await expect(fetchPackage(id)).rejects.toMatchObject({ code: "export/not-approved" });
    await court.call(court.custodians[0], "POST", `/exports/${id}/approve`);
    await expect(court.call(court.custodians[0], "POST", `/exports/${id}/approve`)).rejects.toMatchObject({
      code: "accounts/second-person-needed",
    });
    await expect(fetchPackage(id)).rejects.toMatchObject({ code: "export/not-approved" });
    const shown = (await court.call(court.custodians[0], "GET", `/exports/${id}`)) as Export;
    expect(shown).toMatchObject({ state: "waiting", blocked: expect.any(String) as string });
    expect(await entriesOf("export.made")).toEqual([]);
  });

  test("that was refused, or whose approval is too old", async () => {
    const { id } = await ask();
    await court.call(court.custodians[1], "POST", `/exports/${id}/refuse`, { reason: "No order was shown." });
    await expect(court.call(court.custodians[0], "POST", `/exports/${id}/approve`)).rejects.toMatchObject({
      code: "export/ended",
    });
    await expect(fetchPackage(id)).rejects.toMatchObject({ code: "export/not-approved" });
    expect((await entriesOf("export.refused"))[0]?.detail).toMatchObject({ reason: "No order was shown." });
  });

  test("to a recipient that is none, of a report that is none, or of an item that is not held", async () => {
    await expect(ask({ recipients: ["age1nonsense"] })).rejects.toMatchObject({
      code: "export/invalid-recipient",
    });
    await expect(ask({ report: "0".repeat(32) })).rejects.toMatchObject({ code: "casework/no-such-report" });
    await expect(ask({ originals: ["0".repeat(32)] })).rejects.toMatchObject({ code: "export/not-held" });
    await expect(ask({ recipients: [] })).rejects.toThrow();
  });
});

describe("the package", () => {
  test("is opened by age, holds what was agreed, and passes sha256sum and its own verifier", async () => {
    const { id } = await agreed();
    const path = await receiver.save(await fetchPackage(id));
    const folder = await receiver.open(path);
    const names = filesIn(folder).map((file) => file.slice(folder.length + 1));
    expect(names.filter((name) => name.startsWith("originals/"))).toHaveLength(2);
    expect(names.filter((name) => name.startsWith("warc/")).length).toBeGreaterThan(0);

    expect(await runIn(folder, "sha256sum", "-c", "--strict", "manifest.sha256")).toMatchObject({ code: 0 });
    const verified = await runIn(folder, process.execPath, "verify.mjs", "--log");
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining("\nVerified.") as string });
    expect(verified.out).toContain("export.made");
    const key = readFileSync(join(folder, "custody/log-key.txt"), "utf8").trim();
    expect((await runIn(folder, process.execPath, "verify.mjs", "--key", key)).code).toBe(0);
    expect(
      await runIn(folder, process.execPath, "verify.mjs", "--key", `${key.slice(0, -1)}A`),
    ).toMatchObject({
      code: 1,
    });

    const [made] = await entriesOf("export.made");
    const [sent] = await entriesOf("export.sent");
    expect(made?.detail).toMatchObject({ export: id, receiver: "District Court", originals: 2 });
    expect(sent?.detail).toMatchObject({
      sha256: execFileSync("sha256sum", [path], { encoding: "utf8" }).slice(0, 64),
    });
    const shown = (await court.call(court.custodians[0], "GET", `/exports/${id}`)) as Export;
    expect(shown.packages).toMatchObject([{ sent: sent?.detail && { bytes: sent.detail["bytes"] } }]);

    const items = JSON.parse(readFileSync(join(folder, "items.json"), "utf8")) as { id: string }[];
    const acquired = JSON.parse(readFileSync(join(folder, "acquisition.json"), "utf8")) as {
      item: string;
      received: { sha512: string };
    }[];
    expect(acquired.map(({ item }) => item).sort()).toEqual(items.map((item) => item.id).sort());
    expect(acquired[0]?.received.sha512).toMatch(/^[0-9a-f]{128}$/);
    const whole = filesIn(folder)
      .map((file) => readFileSync(file, "latin1"))
      .join("\n");
    for (const name of ["Carl Custodian", "Clara Custodian", "Analyst"]) expect(whole).not.toContain(name);
  });

  test("without archives and originals holds neither, and verifies", async () => {
    const { id } = await agreed({ archives: false, originals: "none" });
    const folder = await receiver.open(await receiver.save(await fetchPackage(id)));
    expect(readdirSync(folder).sort()).toEqual(
      [
        "README.txt",
        "acquisition.json",
        "custody",
        "export.json",
        "items.json",
        "manifest.sha256",
        "report.json",
        "verify.mjs",
      ].sort(),
    );
    expect((await runIn(folder, process.execPath, "verify.mjs")).out).toContain("\nVerified.");
  });

  test("any byte that is changed in any file is found, and so is a file that is missing or added", async () => {
    const { id } = await agreed();
    const folder = await receiver.open(await receiver.save(await fetchPackage(id)));
    const verify = async () => (await runIn(folder, process.execPath, "verify.mjs")).code;
    for (const file of filesIn(folder)) {
      const whole = readFileSync(file);
      const summed = !file.endsWith("manifest.sha256");
      const middle = Math.floor(whole.length / 2);
      for (const at of summed ? [middle] : [0, middle, whole.length - 1]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 0x01;
        writeFileSync(file, changed);
        const bySum = (await runIn(folder, "sha256sum", "-c", "--strict", "manifest.sha256")).code;
        if (summed) expect(bySum, `${file} at ${at}`).not.toBe(0);
        // A changed verifier cannot judge itself: that one is for sha256sum.
        if (!file.endsWith("verify.mjs")) expect(await verify(), `${file} at ${at}`).not.toBe(0);
      }
      writeFileSync(file, whole);
    }
    writeFileSync(join(folder, "added.txt"), "more");
    expect(await verify()).not.toBe(0);
  });

  test("whose files and manifest were exchanged together is found by the signed log", async () => {
    const { id } = await agreed({ archives: false, originals: "none" });
    const folder = await receiver.open(await receiver.save(await fetchPackage(id)));
    const items = join(folder, "items.json");
    writeFileSync(items, readFileSync(items, "utf8").replace("image/jpeg", "image/webp"));
    const digest = execFileSync("sha256sum", [items], { encoding: "utf8" }).slice(0, 64);
    const manifest = join(folder, "manifest.sha256");
    writeFileSync(
      manifest,
      readFileSync(manifest, "utf8").replace(/^[0-9a-f]{64}(?= {2}items\.json$)/m, digest),
    );
    expect((await runIn(folder, "sha256sum", "-c", "--strict", "manifest.sha256")).code).toBe(0);
    expect(await runIn(folder, process.execPath, "verify.mjs")).toMatchObject({
      code: 1,
      out: expect.stringContaining("FAILED  contents") as string,
    });
  });

  test("from whose custody log an entry was left out, or called erased, is found by the signed log", async () => {
    const { id } = await agreed({ archives: false, originals: "none" });
    const folder = await receiver.open(await receiver.save(await fetchPackage(id)));
    const [log, manifest] = [join(folder, "custody/entries.jsonl"), join(folder, "manifest.sha256")];
    const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
    const { index, commitment, proof } = JSON.parse(lines[1] ?? "") as Record<string, unknown>;
    const erased = JSON.stringify({ index, commitment, proof, erased: { at: 1, reason: "none" } });
    for (const changed of [lines.toSpliced(1, 1), lines.toSpliced(1, 1, erased)]) {
      writeFileSync(log, `${changed.join("\n")}\n`);
      const digest = execFileSync("sha256sum", [log], { encoding: "utf8" }).slice(0, 64);
      const listed = readFileSync(manifest, "utf8");
      writeFileSync(manifest, listed.replace(/^[0-9a-f]{64}(?= {2}custody\/entries)/m, digest));
      expect(await runIn(folder, process.execPath, "verify.mjs")).toMatchObject({
        code: 1,
        out: expect.stringContaining("other entries about this report") as string,
      });
    }
  });

  test("that breaks off leaves nothing aside in the vault, and is not noted as sent", async () => {
    const { id } = await agreed();
    const before = (await entriesOf("export.sent")).length;
    const blobs = () => filesIn(join(court.folder, "vault", "blobs")).length;
    const lying = blobs();
    const { content } = await fetchPackage(id);
    for await (const piece of content) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(await entriesOf("export.sent")).toHaveLength(before);
    expect(blobs()).toBe(lying);
  });
});
