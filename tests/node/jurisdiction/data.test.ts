import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { factsSchema } from "@wardline/protocol/vocabulary";
import { createJurisdictions, mapLabel } from "../../../node/jurisdiction/index.ts";

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

describe("wrong data stops the start", () => {
  test.each([
    ["an unknown field", "jurisdictions/xa.yaml", "country: XA\nsurprise: 1\n", "jurisdiction/invalid-file"],
    ["no YAML", "jurisdictions/xa.yaml", "country: [", "jurisdiction/invalid-file"],
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
