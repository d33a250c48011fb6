import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { createJurisdictions, mapLabel } from "../../../node/jurisdiction/index.ts";
import { composeNotice } from "../../../node/takedown/mail.ts";
import { xarfReport, type NoticedItem } from "../../../node/takedown/xarf.ts";
import { xarfDomain, xarfSchema } from "../../../node/takedown/xarf-schema.ts";
import { describeWithVectors } from "../../support/vectors.ts";

const mapping = createJurisdictions().mapping("wardline-core-to-xarf");
const sender = {
  org: "Example Hotline B",
  contact: "notices@hotline-b.example",
  domain: "hotline-b.example",
};
const hosting = { address: "192.0.2.7", country: "XB", asn: 64500, provider: "Example Hosting" };
const item = (more: Partial<NoticedItem> = {}): NoticedItem => ({
  url: "https://pictures.example/gallery/rings.jpg",
  kind: "image",
  sha256: "ab".repeat(32),
  sha1: "cd".repeat(20),
  md5: "ef".repeat(16),
  verdict: "baseline",
  mapped: mapLabel(mapping, "baseline"),
  seen: true,
  verifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  ...more,
});
const national = item({
  verdict: "national",
  mapped: mapLabel(mapping, "national"),
  seen: false,
  kind: "video",
});

const variants: [string, NoticedItem, object][] = [
  ["a baseline picture", item(), hosting],
  ["a national video", national, hosting],
  ["unknown hosting", item(), {}],
  ["an IPv4 address", item({ url: "http://192.0.2.7:8080/a.jpg" }), hosting],
  ["an IPv6 address", item({ url: "http://[2001:db8::1]/a.jpg" }), { ...hosting, address: "2001:db8::1" }],
  ["a name under localhost", item({ url: "http://site.localhost:8080/a.jpg" }), hosting],
  ["a punycode name", item({ url: "http://xn--ncode-3ya0d.example/a.jpg" }), hosting],
];

describe("a XARF report", () => {
  test("names a domain only where there is one", () => {
    expect(xarfDomain("pictures.example")).toBe("pictures.example");
    for (const host of [
      "192.0.2.7",
      "[2001:db8::1]",
      "localhost",
      "site.localhost",
      "intranet",
      "xn--ncode-3ya0d.example",
    ])
      expect(xarfDomain(host)).toBeUndefined();
  });

  test("the same notice names the same reports, another notice others", () => {
    const report = (id: string) => xarfReport(id, item(), hosting, sender).report_id;
    expect(report("n1")).toBe(report("n1"));
    expect(report("n2")).not.toBe(report("n1"));
  });

  test("a lossy class says so and carries the original", () => {
    const report = xarfReport("n1", national, hosting, sender);
    expect(report).toMatchObject({ classification: "B2", detection_method: "hash_match" });
    expect(report.tags).toEqual(["verdict:national", "mapping:lossy"]);
    expect(report.description).toContain("national (wardline-core 1)");
    expect(report.description).toContain("stands in");
  });

  test("there is no room for evidence or a picture", () => {
    const report = xarfReport("n1", item(), hosting, sender);
    expect(
      xarfSchema.safeParse({ ...report, evidence: [{ content_type: "image/jpeg", payload: "AA==" }] })
        .success,
    ).toBe(false);
  });
});

describeWithVectors("xarf", "against the published schemas", (folder) => {
  const read = (name: string) => JSON.parse(readFileSync(`${folder}${name}`, "utf8")) as object;
  // The folder's content-csam.json is the published sample; the type's own schema is restated by `xarfSchema`.
  const compile = (): ValidateFunction => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(read("xarf-core.json"));
    return ajv.compile(read("content-base.json"));
  };

  test("the published sample validates, so the check means something", () => {
    const validate = compile();
    expect(validate(read("content-csam.json"))).toBe(true);
    expect(validate({ ...read("content-csam.json"), report_id: "not a uuid" })).toBe(false);
  });

  test.each(variants)("%s validates", (_, noticed, where) => {
    const validate = compile();
    const report = xarfReport("notice-1", noticed, where, sender);
    expect(validate(structuredClone(report)), JSON.stringify(validate.errors)).toBe(true);
    expect(xarfSchema.parse(report)).toEqual(report);
  });
});

describe("the mail", () => {
  const items = [item(), national].map((one) => ({
    item: one,
    xarf: xarfReport("n1", one, hosting, sender),
  }));
  const content = {
    id: "n1",
    round: 1,
    references: ["XB-2026-000001"],
    to: "abuse@provider.example",
    date: 1,
    sender,
    items,
  };

  test("says what the law asks for, and is the same each time", () => {
    const mail = composeNotice(content);
    expect(mail.text).toContain(item().url);
    expect(mail.text).toContain("in good faith");
    expect(mail.text).toContain("Example Hotline B");
    expect(mail.messageId).toBe("<notice.n1@hotline-b.example>");
    expect(composeNotice(content)).toEqual(mail);
  });

  test("attaches one JSON file per URL, and nothing else", () => {
    const { attachments } = composeNotice(content);
    expect(attachments.map(({ filename }) => filename)).toEqual(["xarf-001.json", "xarf-002.json"]);
    expect(attachments.map(({ content: file }) => xarfSchema.parse(JSON.parse(file)).url)).toEqual([
      item().url,
      national.url,
    ]);
  });

  test("a second notice is a reminder", () => {
    expect(composeNotice({ ...content, round: 2 }).subject).toMatch(/^Reminder 1: /);
  });
});
