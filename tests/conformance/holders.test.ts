/** The golden key of a holder announcement: the same for ever, the same without our code, and quoted in the specification. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeBlindedKey } from "../../scripts/golden/holders.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const golden = JSON.parse(read("golden/holders.json")) as Record<"secret" | "sha256" | "key", string>;

test("is HMAC-SHA-256 of the item's SHA-256, and still made the same", () => {
  const secret = Buffer.from(golden.secret, "hex");
  const item = Buffer.from(golden.sha256, "hex");
  expect(createHmac("sha256", secret).update(item).digest("hex")).toBe(golden.key);
  expect(makeBlindedKey()).toEqual(golden);
});

test("stands in the specification", () => {
  const specification = read("../../protocol/README.md");
  for (const value of Object.values(golden)) expect(specification).toContain(value);
});
