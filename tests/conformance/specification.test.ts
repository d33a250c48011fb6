/** The written specification says what the code does: the table, the examples and the golden values in protocol/README.md. */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { statementTypes, type StatementType } from "@wardline/protocol/statements";

const specification = readFileSync(new URL("../../protocol/README.md", import.meta.url), "utf8");
const golden = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")) as T;
const sha256 = (encoded: string) => hash("sha256", Buffer.from(encoded, "base64"));

describe.each(Object.keys(statementTypes) as StatementType[])("%s", (type) => {
  const rule: { from: readonly string[]; to: readonly string[]; legalBasis?: string; example: object } =
    statementTypes[type];
  const kinds = (of: readonly string[]) => (of.length === 4 ? "everyone" : of.join(", "));

  test("stands in the table", () => {
    const row = `| \`${type}\` | ${kinds(rule.from)} | ${kinds(rule.to)} | ${rule.legalBasis ?? ""} |`;
    expect(specification).toContain(row);
  });

  test("has its example", () => {
    expect(specification).toContain(JSON.stringify(rule.example));
  });
});

test("the quoted values are those of the golden files", () => {
  const envelope =
    golden<Record<"header" | "headerHash" | "sharedSecret" | "statementHash" | "content" | "bytes", string>>(
      "envelope",
    );
  const receipt = golden<{ receipt: string; bytes: string }>("receipt");
  const feed = golden<{ feed: string; blocks: { hash: string; root: string; commitments: string[] }[] }>(
    "feed",
  );
  const { federationId } = golden<{ federationId: string }>("federation");
  const quoted = [
    ...[federationId, envelope.headerHash, envelope.sharedSecret, envelope.statementHash],
    ...[sha256(envelope.content), sha256(envelope.bytes), sha256(receipt.bytes), receipt.receipt],
    ...[
      feed.feed,
      ...feed.blocks.map((block) => block.hash),
      feed.blocks[0]?.root,
      feed.blocks[0]?.commitments[0],
    ],
  ];
  for (const value of quoted) expect(specification).toContain(value);
  expect(specification.replaceAll("\n", "")).toContain(envelope.header);
});
