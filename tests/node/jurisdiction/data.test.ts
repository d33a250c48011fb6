import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { factsSchema } from "@wardline/protocol/vocabulary";
import { createJurisdictions, isIllegalIn, mapLabel } from "../../../node/jurisdiction/index.ts";

const shipped = new URL("../../../config", import.meta.url).pathname;
const folders: string[] = [];
const copyOfData = () => {
  const folder = mkdtempSync(join(tmpdir(), "wardline-data-"));
  folders.push(folder);
  cpSync(shipped, folder, { recursive: true });
  return folder;
};
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const facts = (more: object = {}) => factsSchema.parse(more);

describe("what ships", () => {
  test("loads, and every example of law says that nobody has verified it", () => {
    const service = createJurisdictions();
    for (const country of ["XA", "XB", "ZZ"])
      expect(service.of(country)).toMatchObject({ country, verified: false });
  });

  test("a country without a file derives nothing: a person decides", () => {
    expect(createJurisdictions().national("XQ", facts({ age: "infant" }))).toBeUndefined();
  });

  test("the same facts are judged by each country's own rules", () => {
    const { national } = createJurisdictions();
    const drawn = facts({ age: "pubescent", flags: ["virtual"] });
    expect(national("XA", drawn)).toBeUndefined();
    expect(national("XB", drawn)).toMatchObject({ verdict: "national", rule: "xb-depicted-child" });
    expect(national("XA", facts({ age: "pubescent" }))).toMatchObject({ verdict: "national" });
    expect(national("XB", facts())).toBeUndefined();
  });
});

describe("what may be acted on by a country's law", () => {
  const { of } = createJurisdictions();
  const drawn = facts({ age: "pubescent", flags: ["virtual"] });
  const saysNot = {
    ...of("XA"),
    national: [
      ...of("XA").national,
      {
        id: "drawn",
        withFlags: ["virtual" as const],
        withoutFlags: [],
        verdict: "not-illegal" as const,
        law: "none",
      },
    ],
  };
  const baselineOnly = { ...of("XA"), illegal: ["baseline" as const] };
  test.each([
    ["baseline", of("XA"), { verdict: "baseline", facts: [], judgedHere: false }, true],
    ["not illegal", of("XA"), { verdict: "not-illegal", facts: [], judgedHere: true }, false],
    ["national, judged here", saysNot, { verdict: "national", facts: [drawn], judgedHere: true }, true],
    [
      "national elsewhere, and here by rule",
      of("XB"),
      { verdict: "national", facts: [drawn], judgedHere: false },
      true,
    ],
    [
      "national elsewhere, undecided here",
      of("XA"),
      { verdict: "national", facts: [drawn], judgedHere: false },
      true,
    ],
    [
      "national elsewhere, not illegal here",
      saysNot,
      { verdict: "national", facts: [drawn], judgedHere: false },
      false,
    ],
    [
      "national, where only baseline is illegal",
      baselineOnly,
      { verdict: "national", facts: [], judgedHere: true },
      false,
    ],
    [
      "baseline, where only that is illegal",
      baselineOnly,
      { verdict: "baseline", facts: [], judgedHere: false },
      true,
    ],
  ] as const)("%s", (_, law, item, expected) => expect(isIllegalIn(law, item)).toBe(expected));
});

describe("mapping a label", () => {
  const xarf = createJurisdictions().mapping("wardline-core-to-xarf");
  test("exact where the target has the word", () => {
    expect(mapLabel(xarf, "baseline")).toMatchObject({ label: "baseline", exact: true });
  });
  test("lossy where it has not, and the original travels along", () => {
    const original = { label: "national", vocabulary: { id: "wardline-core", version: "1" } };
    expect(mapLabel(xarf, "national", facts({ age: "infant" }))).toEqual({
      label: "A2",
      exact: false,
      original,
    });
    expect(mapLabel(xarf, "national", facts())).toEqual({ label: "B2", exact: false, original });
  });
  test("refused rather than guessed", () => {
    expect(() => mapLabel(xarf, "not-illegal")).toThrowError(
      expect.objectContaining({ code: "jurisdiction/no-mapping" }),
    );
    expect(() => createJurisdictions().mapping("none")).toThrowError(
      expect.objectContaining({ code: "jurisdiction/unknown-mapping" }),
    );
  });
});

const head = (country: string) => `country: ${country}\nname: N\nverified: false\nnote: ""\n`;

describe("wrong data stops the start", () => {
  test.each([
    ["an unknown field", "jurisdictions/xa.yaml", "country: XA\nsurprise: 1\n", "jurisdiction/invalid-file"],
    ["no YAML", "jurisdictions/xa.yaml", "country: [", "jurisdiction/invalid-file"],
    [
      "two files for one country",
      "jurisdictions/xc.yaml",
      `${head("XA")}national: []\n`,
      "jurisdiction/two-files",
    ],
    [
      "two rules of one id",
      "jurisdictions/xc.yaml",
      `${head("XC")}national:\n  - { id: one, verdict: national, law: A }\n  - { id: one, verdict: national, law: B }\n`,
      "jurisdiction/invalid-file",
    ],
    [
      "a subject that is none",
      "jurisdictions/xc.yaml",
      `${head("XC")}national: []\ncompetent:\n  - { member: Hotline, verdicts: [not-illegal] }\n`,
      "jurisdiction/invalid-file",
    ],
    [
      "police by another way",
      "jurisdictions/xc.yaml",
      `${head("XC")}national: []\npolice: by-pigeon\n`,
      "jurisdiction/invalid-file",
    ],
    [
      "a label that no vocabulary has",
      "mappings/odd.yaml",
      'id: odd\nversion: "1"\nverified: false\nnote: ""\nfrom: { id: wardline-core, version: "1" }\nto: { id: xarf-csam, version: "4" }\nrows: [{ from: baseline, to: C9, exact: true }]\n',
      "jurisdiction/unknown-label",
    ],
  ])("%s", (_, path, content, code) => {
    const folder = copyOfData();
    writeFileSync(join(folder, path), content);
    expect(() => createJurisdictions(folder)).toThrowError(expect.objectContaining({ code }));
  });

  test("a missing default", () => {
    const folder = copyOfData();
    rmSync(join(folder, "jurisdictions/default.yaml"));
    expect(() => createJurisdictions(folder)).toThrowError(
      expect.objectContaining({ code: "jurisdiction/no-default" }),
    );
  });
});
