/** An export from a running node by the command line, over HTTP, with two people who sign in. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startTestNode } from "../api/support.ts";
import { password } from "../accounts/support.ts";
import { newReceiver, runIn } from "./support.ts";

const program = new URL("../../../node/cli/wardline.ts", import.meta.url).pathname;

test("two people ask, agree and fetch; the file opens and verifies; one alone is refused", async () => {
  const node = await startTestNode("hotline");
  onTestFinished(() => node.close());
  const receiver = await newReceiver();
  onTestFinished(() => receiver.remove());
  const cookie = await node.enter("anna", ["analyst"]);
  for (const name of ["carl", "clara"]) await node.enter(name, ["custodian"]);
  const body = { url: "http://127.0.0.1:1/bridge.html", source: "analyst" };
  const filed = await node.ask("/api/reports", { method: "POST", body, cookie });
  const report = String(filed.body["id"]);

  const passwordFile = join(receiver.folder, "password");
  await writeFile(passwordFile, password);
  const wardline = (who: string, ...args: string[]) => {
    const entering = ["--url", `http://${node.host}`, "--as", who, "--password-file", passwordFile];
    return runIn(receiver.folder, process.execPath, program, "export", ...args, ...entering);
  };
  const why = ["--reason", "Case 12/26", "--receiver", "District Court", "--recipient", receiver.recipient];
  const refused = await wardline("anna", "ask", report, ...why);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining("accounts/not-allowed") as string });
  const asked = await wardline("carl", "ask", report, ...why, "--archives", "--originals", "all");
  expect(asked.out).toMatch(/^[0-9a-f]{32} {2}waiting, 0 of 2 agreed$/m);
  const id = asked.out.slice(0, 32);

  await wardline("carl", "approve", id);
  const early = await wardline("carl", "fetch", id, "--to", "early.age");
  expect(early).toMatchObject({ code: 1, out: expect.stringContaining("export/not-approved") as string });
  expect((await wardline("carl", "approve", id)).out).toContain("accounts/second-person-needed");
  expect((await wardline("clara", "approve", id)).out).toContain("approved, 2 of 2 agreed");

  const fetched = await wardline("clara", "fetch", id, "--to", "case.tar.age");
  const path = join(receiver.folder, "case.tar.age");
  expect(fetched.out).toContain(`${(await stat(path)).size} bytes, SHA-256 `);
  const folder = await receiver.open(path);
  expect((await runIn(folder, process.execPath, "verify.mjs")).out).toContain("\nVerified.");
  expect(await readFile(join(folder, "README.txt"), "utf8")).toContain("District Court");
});
