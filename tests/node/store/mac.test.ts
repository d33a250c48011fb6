import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { concat, systemRandom } from "@wardline/protocol/encoding";
import { createMac } from "../../../node/store/mac.ts";

test("a short value's HMAC is the runtime's, however long the key and the parts", () => {
  for (const keyBytes of [0, 1, 32, 63, 64])
    for (const parts of [[0], [1, 0], [6, 40], [64, 64, 1], [5000]]) {
      const [key, values] = [systemRandom(keyBytes), parts.map(systemRandom)];
      const expected = createHmac("sha256", key)
        .update(concat(...values))
        .digest();
      expect(Buffer.compare(createMac(key)(...values), expected)).toBe(0);
    }
});
