import { expect, test } from "vitest";
import { verifyEd25519, verifyEd25519Reference } from "@wardline/protocol/identity";
import { mutatedSignatures } from "../protocol/identity/mutations.ts";

test("10,000 signatures that only the full computation can refuse: native and tweetnacl give one verdict", () => {
  let refused = 0;
  for (const { how, key, message, signature } of mutatedSignatures(10_000, 1, "long mutations")) {
    const native = verifyEd25519(key, message, signature);
    const reference = verifyEd25519Reference(key, message, signature);
    if (native || reference) expect.fail(`${how}: native says ${native}, tweetnacl says ${reference}`);
    refused++;
  }
  expect(refused).toBe(10_000);
});
