/** The golden acknowledgement of version 1: opened by every later version, still made the same, and quoted in the specification. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hex, sha256, unbase64, unhex, utf8 } from "@wardline/protocol/encoding";
import { inspectHeader } from "@wardline/protocol/envelope";
import { openAcknowledgement } from "@wardline/protocol/mailbox";
import { decodeFile, type FederationFile } from "@wardline/protocol/roster";
import { makeAcknowledgement } from "../../scripts/golden/mailbox.ts";
import { trustIn } from "../protocol/support/federation.ts";

const read = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")) as T;
const golden = read<{ now: number; bytes: string }>("acknowledgement");
const [root, roster, freshness, ...cards] = read<{ files: object[] }>("federation").files.map((file) =>
  decodeFile(utf8(JSON.stringify(file))),
) as [FederationFile, FederationFile, FederationFile, ...FederationFile[]];

test("opens, and names the golden envelope", () => {
  const envelope = unbase64(read<{ bytes: string }>("envelope").bytes);
  const opened = openAcknowledgement(
    unhex(golden.bytes),
    trustIn(root, roster, freshness, cards),
    golden.now,
  );
  expect(opened).toMatchObject({
    id: inspectHeader(envelope).id,
    hash: hex(sha256(envelope)),
    recipient: "b1".repeat(16),
    at: golden.now,
  });
});

test("is still made the same", () => {
  expect(makeAcknowledgement()).toEqual(golden);
});

test("stands in the specification", () => {
  const specification = readFileSync(new URL("../../protocol/README.md", import.meta.url), "utf8");
  expect(specification.replaceAll("\n", "")).toContain(golden.bytes);
});
