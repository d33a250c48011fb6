/** Texts in every language that ships: chosen by provider, country, or English; complete; checked at start. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJurisdictions, mapLabel } from "../../../node/jurisdiction/index.ts";
import { writeNotice } from "../../../node/takedown/mail.ts";
import { readTexts } from "../../../node/takedown/texts.ts";
import { xarfReport, type NoticedItem } from "../../../node/takedown/xarf.ts";

const shipped = fileURLToPath(new URL("../../../config/notices/", import.meta.url));
const sender = { org: "Example Hotline", contact: "notices@hotline.example", domain: "hotline.example" };
const mapping = createJurisdictions().mapping("wardline-core-to-xarf");
const item = (verdict: "baseline" | "national", seen: boolean): NoticedItem => ({
  url: `https://pictures.example/${verdict}/${seen}.jpg`,
  kind: "image",
  verdict,
  mapped: mapLabel(mapping, verdict),
  seen,
  verifiedAt: Date.UTC(2026, 0, 2),
});
const items = [item("baseline", true), item("national", false)].map((one) => ({
  item: one,
  xarf: xarfReport("n1", one, {}, sender),
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardline-texts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const languages = readdirSync(shipped).map((name) => name.slice(0, 2));

describe("the shipped texts", () => {
  test("are in six languages, none of them verified yet", () => {
    expect(languages.toSorted()).toEqual(["de", "en", "es", "fr", "nl", "pl"]);
    for (const language of languages)
      expect(readTexts().choose({ language })).toMatchObject({ language, verified: false });
  });

  test.each(
    languages.flatMap((language) =>
      (["provider", "site-owner", "registrar"] as const).flatMap((step) =>
        [1, 2].map((round) => [language, step, round] as const),
      ),
    ),
  )("%s, to the %s, notice %i, says all that is needed", (language, step, round) => {
    const text = readTexts().choose({ language });
    const references = ["XB-2026-000001", "XB-2026-000002"];
    const words = writeNotice({ text, step, round, references, sender, items });
    expect(words.language).toBe(language);
    for (const { item: one } of items) expect(words.text).toContain(one.url);
    for (const needed of [sender.org, sender.contact, ...references, "2022/2065", "16"])
      expect(words.text).toContain(needed);
    expect(words.text).toContain(`${text.laws.baseline}; ${text.grounds.seen}.`);
    expect(words.text).toContain(`${text.laws.national}; ${text.grounds.recognised}.`);
    expect(words.text).toContain(text.openings[step].slice(-40));
    expect(words.subject).toContain(references.join(", "));
    expect(words.text.includes(text.again.replace("{number}", "2"))).toBe(round === 2);
    expect(words.text + words.subject).not.toMatch(/[{}]|\n{3}|[0-9a-f]{64}/u);
  });
});

describe("the language", () => {
  test.each([
    [{ language: "pl", country: "DE" }, "pl"],
    [{ country: "DE" }, "de"],
    [{ country: "AT" }, "de"],
    [{ country: "FR" }, "fr"],
    [{ country: "NL" }, "nl"],
    [{ country: "XA" }, "en"],
    [{}, "en"],
    [{ language: "zz", country: "FR" }, "fr"],
  ])("of %o is %s", (wish, language) => {
    expect(readTexts().choose(wish).language).toBe(language);
  });
});

describe("a text of one's own", () => {
  const own = (change: (text: string) => string, name = "de") =>
    writeFileSync(join(folder, `${name}.yaml`), change(readFileSync(join(shipped, `${name}.yaml`), "utf8")));

  test("replaces the shipped one of its language, and no other", () => {
    own((text) => text.replace("verified: false", "verified: true\nverifiedBy: Example Hotline"));
    expect(readTexts(folder).choose({ country: "CH" })).toMatchObject({ verifiedBy: "Example Hotline" });
    expect(readTexts(folder).choose({ country: "FR" })).toMatchObject({ language: "fr", verified: false });
  });

  test.each([
    ["lacks the addresses", (text: string) => text.replace("{items}", ""), "{items} is missing"],
    ["lacks the reference in the subject", (text: string) => text.replace("[{references}]", ""), "subject"],
    [
      "has an unknown word",
      (text: string) => text.replace("{items}", "{items} {analyst}"),
      "{analyst} is not known",
    ],
    ["has an unknown field", (text: string) => `${text}\nsignature: x\n`, "signature"],
    ["is not YAML", () => "a: [", "cannot be used"],
  ])("that %s stops the start, with what is wrong", (_, change, message) => {
    own(change);
    expect(() => readTexts(folder)).toThrow(
      expect.objectContaining({ code: "takedown/invalid-text", message: expect.stringContaining(message) }),
    );
  });

  test("for a country that another language has already is refused", () => {
    own((text) => text.replace("[AT, CH, DE, LI]", "[AT, DE, FR]"));
    expect(() => readTexts(folder)).toThrow(expect.objectContaining({ code: "takedown/two-languages" }));
  });
});
