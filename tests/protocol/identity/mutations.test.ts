import { expect, test } from "vitest";
import { verifyEd25519, verifyEd25519Reference } from "@wardline/protocol/identity";
import { mutatedSignatures } from "./mutations.ts";

/** tweetnacl does about 100 to 150 full verifications a second; `tests/long` has 10,000 of those. */
const deepShare = 0.15;

test(
  "10,000 mutated signatures: native and tweetnacl give one verdict, and it is no",
  { timeout: 240_000 },
  () => {
    const refused = new Map<string, number>();
    for (const { how, key, message, signature } of mutatedSignatures(10_000, deepShare, "mutations")) {
      const native = verifyEd25519(key, message, signature);
      const reference = verifyEd25519Reference(key, message, signature);
      if (native || reference) expect.fail(`${how}: native says ${native}, tweetnacl says ${reference}`);
      refused.set(how, (refused.get(how) ?? 0) + 1);
    }
    expect([...refused.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(Math.min(...refused.values())).toBeGreaterThan(100);
    expect(refused.size).toBe(18);
  },
);
