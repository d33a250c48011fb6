/** The whole story over five processes, as it is seen at those who receive its effects. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { ApiRefusal, demoMembers, type Demo } from "../../node/demo/index.ts";
import { attachedJson } from "../node/takedown/mail-server.ts";
import { describeWithVectors } from "../support/vectors.ts";
import { play, startTestDemo, testTime } from "./support.ts";
import { expectOneNotice, expectTheStory, expectWholeFolders, lookEverywhere, type Seen } from "./witness.ts";

/** One play for all of the file; what was seen of it is kept here. */
let message = "";

describe("the story of a report", () => {
  test(
    "is seen where it takes effect, verifies in every record, and leaves the same bytes at INTERPOL",
    async () => {
      const demo = await startTestDemo();
      const { outcome, steps } = await play(demo);
      expect(steps).toHaveLength(15);
      const seen = await lookEverywhere(demo, outcome);
      expectTheStory(seen);
      expectOneNotice(demo, { fell: false });
      message = demo.provider.notices[0]?.message ?? "";
      await expectKnownItemStaysUnseen(demo, seen);
      await expectOpenItemsShowPreviews(demo, seen);
      await expectReceivedWithoutPictures(demo, seen);
      await demo.federation.stop();
      await expectWholeFolders(demo, outcome);
    },
    testTime,
  );

  test("tells the provider in words and XARF, without a picture or anybody's name", () => {
    expect(message).toMatch(/^To: abuse@provider\.example$/mu);
    const types = [...message.matchAll(/^content-type:\s*([\w/.+-]+)/gimu)].map(([, type]) => type);
    expect(types).toEqual(["multipart/mixed", "text/plain", ...Array(5).fill("application/json")]);
    expect(paths(attachedJson(message))).toEqual([
      "/gallery/more/hills.jpg",
      "/gallery/more/stripes.jpg",
      "/gallery/plasma.jpg",
      "/gallery/rings.jpg",
      "/gallery/spiral-copy.jpg",
    ]);
    const said = [message, ...attachedJson(message).map((file) => JSON.stringify(file))].join("\n");
    for (const name of demoMembers.flatMap(({ people }) => people.map((person) => person.name)))
      expect(said).not.toContain(name);
    for (const file of attachedJson(message)) expect(Object.keys(file)).not.toContain("evidence");
  });
});

describeWithVectors("xarf", "the provider's mail", (folder) => {
  test("validates against the published XARF schema", () => {
    const read = (name: string) => JSON.parse(readFileSync(`${folder}${name}`, "utf8")) as object;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(read("xarf-core.json"));
    const validate = ajv.compile(read("content-base.json"));
    const files = attachedJson(message);
    expect(files).toHaveLength(5);
    for (const file of files) expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
  });
});

const paths = (files: readonly Record<string, unknown>[]) =>
  files.map(({ url }) => new URL(String(url)).pathname).sort();

/** Its preview is refused, and a look at it needs a reason that stands in the record. */
async function expectKnownItemStaysUnseen({ federation }: Demo, { atA }: Seen): Promise<void> {
  const known = atA.itemList.find(({ state }) => state === "known");
  const anna = federation.node("hotline-a").as("anna");
  expect(known).toMatchObject({ known: { member: { name: "Hotline B" }, verdict: "baseline" }, held: true });
  const refusal = { status: 403, body: { code: "casework/known-item" } };
  expect(await anna.call("GET", `/items/${known?.id}/preview`)).toMatchObject(refusal);
  await expect(anna.post(`/items/${known?.id}/reveal`, { level: "grey" })).rejects.toMatchObject({
    code: "casework/reason-needed",
  } satisfies Partial<ApiRefusal>);
  const entries = await viewsOf(federation.node("hotline-a").as("admin"), atA.id);
  expect(entries).toEqual([]);
}

async function viewsOf(admin: ReturnType<Demo["federation"]["nodes"][0]["as"]>, report: string) {
  const { entries } = await admin.get<Seen["custody"][string]>(`/custody/${report}`);
  return entries.filter(({ kind }) => kind === "item.viewed");
}

/** What an analyst must look at comes as a JPEG of its own, never as the bytes that were captured. */
async function expectOpenItemsShowPreviews({ federation, site }: Demo, { atA }: Seen): Promise<void> {
  const anna = federation.node("hotline-a").as("anna");
  const originals = [...site.files.values()].map(({ body }) => Buffer.from(body));
  for (const { id } of atA.itemList.filter(({ state }) => state === "classified")) {
    const preview = await anna.get<Buffer>(`/items/${id}/preview`);
    expect(preview.subarray(0, 3).toString("hex")).toBe("ffd8ff");
    expect(originals.some((original) => original.equals(preview))).toBe(false);
  }
}

/** Hotline B and its police got words and hashes only: there is nothing to show. */
async function expectReceivedWithoutPictures({ federation }: Demo, { atB }: Seen): Promise<void> {
  const bob = federation.node("hotline-b").as("bob");
  for (const { id } of atB.itemList)
    expect(await bob.call("GET", `/items/${id}/preview`)).toMatchObject({
      body: { code: "casework/not-held" },
    });
}
