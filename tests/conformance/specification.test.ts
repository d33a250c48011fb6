/**
 * The written specification says what the code does. Read out of protocol/README.md and held against the code and the golden
 * files: the table of statements, the examples of payloads, every golden value, and that nothing is on the wire that it
 * does not name.
 */
import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { statementTypes, type StatementType } from "@wardline/protocol/statements";
import { loadConfiguration } from "../../node/configuration/index.ts";
import { describeProtocols } from "../../node/federation/protocols.ts";

const root = new URL("../../", import.meta.url);
const specification = readFileSync(new URL("protocol/README.md", root), "utf8");
const goldenFolder = new URL("golden/", import.meta.url);

/** The text of one numbered section. */
function section(number: number): string {
  const [, text = ""] =
    new RegExp(`^## ${number}\\. [^]*?\\n([^]*?)(?=^## |(?![^]))`, "mu").exec(specification) ?? [];
  return text;
}

const types = Object.keys(statementTypes) as StatementType[];

describe.each(types)("%s", (type) => {
  const rule: { from: readonly string[]; to: readonly string[]; legalBasis?: string; example: object } =
    statementTypes[type];
  const kinds = (of: readonly string[]) => (of.length === 4 ? "everyone" : of.join(", "));

  test("stands in the table", () => {
    const row = `| \`${type}\` | ${kinds(rule.from)} | ${kinds(rule.to)} | ${rule.legalBasis ?? ""} |`;
    expect(specification).toContain(row);
  });
});

describe("examples of payloads", () => {
  const examples = [...section(5).matchAll(/^- `([a-z.-]+)`\n {2}```json\n {2}(.+)\n {2}```$/gmu)].map(
    ([, type = "", json = ""]) => ({ type: type as StatementType, json }),
  );

  test("there is one of each type, and of no other", () => {
    expect(examples.map(({ type }) => type).toSorted()).toEqual(types.toSorted());
  });

  test.each(examples)("the one of $type is read, and is the code's own", ({ type, json }) => {
    expect(statementTypes[type].payload.safeParse(JSON.parse(json)).error).toBeUndefined();
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(statementTypes[type].example)));
  });
});

interface Golden {
  readonly name: string;
  /** Every text in the file as it stands, and all that is base64, in hexadecimal. */
  readonly values: readonly string[];
}

const goldens: Golden[] = readdirSync(goldenFolder).map((file) => ({
  name: file,
  values: textsIn(JSON.parse(readFileSync(new URL(file, goldenFolder), "utf8"))).flatMap(formsOf),
}));

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, "base64");
  return bytes.length > 0 && bytes.toString("base64") === text ? [text, bytes.toString("hex")] : [text];
}

/** SHA-256 of what a value stands for. */
const hashOf = (value: string) =>
  hash("sha256", /^(?:[0-9a-f]{2})+$/u.test(value) ? Buffer.from(value, "hex") : value);

describe("golden values", () => {
  const text = section(14);
  const inTable = [...text.matchAll(/`([0-9a-f]{64})`/gu)].map(([, value]) => value as string);
  const blocks = [...text.matchAll(/^```(?:json)?\n([^`]+?)\n```$/gmu)].map(([, block = ""]) => block);
  const known = new Set(goldens.flatMap(({ values }) => values.flatMap((value) => [value, hashOf(value)])));

  test("are quoted", () => {
    expect(inTable.length).toBeGreaterThan(12);
    expect(blocks.length).toBeGreaterThan(2);
  });

  test.each(inTable)("%s is in a golden file, or the hash of what is", (value) => {
    expect(known.has(value)).toBe(true);
  });

  test.each(blocks.map((block) => [block.slice(0, 40), block]))(
    "the bytes %s… are in a golden file",
    (_, block) => {
      const wanted = block.startsWith("{") ? block : block.replaceAll("\n", "");
      const held = goldens.some(({ values }) => values.some((value) => value.startsWith(wanted)));
      expect(held).toBe(true);
    },
  );

  test.each(goldens)("of $name something is quoted, or its name", ({ name, values }) => {
    const unbroken = text.replaceAll("\n", "");
    const quoted = values.some(
      (value) => value.length >= 64 && (unbroken.includes(value) || text.includes(hashOf(value))),
    );
    expect(quoted || specification.includes(`\`${name}\``) || specification.includes(`/${name}\``)).toBe(
      true,
    );
  });
});

describe("what is on the wire", () => {
  const wire = ["protocol/", "node/federation/"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(new URL(`${folder}${path}`, root), "utf8")),
  );
  const found = (pattern: RegExp) => [
    ...new Set(wire.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name as string))),
  ];

  test.each(found(/"(WARD[A-Z]{3}\d)"/gu))("a container %s is specified and has golden bytes", (magic) => {
    expect(specification).toContain(magic);
    const begins = Buffer.from(magic).toString("hex");
    expect(goldens.some(({ values }) => values.some((value) => value.startsWith(begins)))).toBe(true);
  });

  test.each(found(/"(wardline\/[a-z/-]+\/\d)"/gu))("the purpose %s is named", (purpose) => {
    expect(specification).toContain(`\`${purpose}\``);
  });

  const protocols = describeProtocols(loadConfiguration({ dataFolder: "nowhere" }).federation.limits);
  test.each(Object.values(protocols).map(({ name }) => name))("the protocol %s is in the table", (name) => {
    expect(section(11)).toContain(`| \`${name}\` |`);
  });
});
