import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { createJurisdictions, mapLabel } from "../../../node/jurisdiction/index.ts";
import { writeNotice, attachmentsOf, type NoticeContent } from "../../../node/takedown/mail.ts";
import { readTexts } from "../../../node/takedown/texts.ts";
import { xarfReport, type NoticedItem } from "../../../node/takedown/xarf.ts";
import { xarfDomain, xarfSchema } from "../../../node/takedown/xarf-schema.ts";
import { factsSchema } from "@wardline/protocol/vocabulary";
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

const digests = { sha256: "ab".repeat(32), sha1: "cd".repeat(20), md5: "ef".repeat(16) };
const aged = (verdict: "baseline" | "national", age: "infant" | "pre-pubescent" | "pubescent") =>
  item({ verdict, mapped: mapLabel(mapping, verdict, factsSchema.parse({ age })) });

const variants: [string, NoticedItem, object][] = [
  ["a baseline picture", item(), hosting],
  ["a national video", national, hosting],
  ["a baseline video, recognised", item({ kind: "video", seen: false }), hosting],
  ...(["baseline", "national"] as const).flatMap((verdict) =>
    (["infant", "pre-pubescent", "pubescent"] as const).map((age): [string, NoticedItem, object] => [
      `a picture, ${verdict}, ${age}`,
      aged(verdict, age),
      hosting,
    ]),
  ),
  ["all its hashes", item({ digests }), hosting],
  ["one hash", item({ digests: { sha256: digests.sha256 } }), hosting],
  ["a long address", item({ url: `https://pictures.example/${"a".repeat(4000)}.jpg` }), hosting],
  [
    "an address with a query in another script",
    item({ url: new URL("https://pictures.example/ä?q=日本").href }),
    hosting,
  ],
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

  test("names hashes only where the settings say so", () => {
    expect(xarfReport("n1", item(), hosting, sender)).not.toHaveProperty("hash_values");
    expect(xarfReport("n1", item({ digests }), hosting, sender).hash_values).toEqual(digests);
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

/** What the type's own schema asks for, restated; of it the folder above holds only a sample. */
const csamSchema = {
  type: "object",
  properties: {
    type: { const: "csam" },
    classification: { enum: ["baseline", "A1", "A2", "B1", "B2"] },
    media_type: { enum: ["image", "video", "audio", "text", "mixed"] },
    detection_method: {
      enum: ["hash_match", "ai_detection", "manual_review", "user_report", "automated_scan"],
    },
    hash_values: {
      type: "object",
      properties: {
        md5: { type: "string", pattern: "^[a-fA-F0-9]{32}$" },
        sha1: { type: "string", pattern: "^[a-fA-F0-9]{40}$" },
        sha256: { type: "string", pattern: "^[a-fA-F0-9]{64}$" },
        photodna: { type: "string" },
      },
    },
  },
  required: ["classification", "detection_method"],
};

describe("against the type's own schema", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(csamSchema);
  test.each(variants)("%s validates", (_, noticed, where) => {
    const report = xarfReport("notice-1", noticed, where, sender);
    expect(validate(structuredClone(report)), JSON.stringify(validate.errors)).toBe(true);
  });
  test("another word for the class does not", () => {
    const report = xarfReport("notice-1", item(), hosting, sender);
    expect(validate({ ...report, classification: "national" })).toBe(false);
  });
});

describe("the words", () => {
  const texts = readTexts();
  const items = [item(), national].map((one) => ({
    item: one,
    xarf: xarfReport("n1", one, hosting, sender),
  }));
  const content = (more: Partial<NoticeContent> = {}): NoticeContent => ({
    text: texts.choose({}),
    step: "provider",
    round: 1,
    references: ["XB-2026-000001"],
    sender,
    items,
    ...more,
  });

  test("say what the law asks for, and are the same each time", () => {
    const { text, subject } = writeNotice(content());
    expect(text).toContain(item().url);
    expect(text).toContain("Article 16 of Regulation (EU) 2022/2065");
    expect(text).toContain("in good faith");
    expect(text).toContain("baseline criteria; assessed by a trained analyst.");
    expect(text).toContain("Example Hotline B");
    expect(text).toContain("notices@hotline-b.example");
    expect(subject).toBe("Notice of illegal content [XB-2026-000001]");
    expect(text).not.toMatch(/[{}]|\n{3}/u);
    expect(writeNotice(content())).toEqual(writeNotice(content()));
  });

  test("attach one JSON file per URL, and nothing else", () => {
    const attachments = attachmentsOf(writeNotice(content()));
    expect(attachments.map(({ filename }) => filename)).toEqual(["xarf-001.json", "xarf-002.json"]);
    expect(attachments.map(({ content: file }) => xarfSchema.parse(JSON.parse(file)).url)).toEqual([
      item().url,
      national.url,
    ]);
  });

  test("name a hash only where the report does", () => {
    expect(writeNotice(content()).text).not.toMatch(/SHA-256|[0-9a-f]{32}/u);
    const hashed = item({ digests });
    const xarf = xarfReport("n1", hashed, hosting, sender);
    expect(writeNotice(content({ items: [{ item: hashed, xarf }] })).text).toContain(
      `SHA-256 ${digests.sha256}`,
    );
  });

  test("of a second notice are a reminder, in the other side's ticket", () => {
    const again = writeNotice(content({ round: 3, ticket: "[Ticket#2026112210000123]" }));
    expect(again.subject).toBe(
      "Re: [Ticket#2026112210000123] Reminder 2: Notice of illegal content [XB-2026-000001]",
    );
    expect(again.text).toContain("notice number 3 to you");
  });

  test("an address is never read as a part of the text", () => {
    const url = "https://pictures.example/%7Borganisation%7D{contact}{again}";
    const one = item({ url });
    const xarf = xarfReport("n1", one, hosting, sender);
    expect(writeNotice(content({ items: [{ item: one, xarf }] })).text).toContain(`1. ${url}\n`);
  });
});
