/** kill -9 of either side in the middle of a transfer: it finishes, and little is sent twice. The large form is long. */
import { afterEach, test } from "vitest";
import { killMovers, moveUnderKills } from "./movers.ts";
import { cleanUp } from "./support.ts";

afterEach(async () => {
  killMovers();
  await cleanUp();
});

test("64 MiB arrive although either side is killed three times", () =>
  moveUnderKills(64 * 2 ** 20 + 5, 3, "quick", "48MiB"));
