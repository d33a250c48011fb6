import { test } from "vitest";
import { seeded } from "../clusters/support.ts";
import { fallAgainAndAgain } from "./killing.ts";
import { temporaryFolder } from "./support.ts";

test("killed while it adds, removes, sorts and merges, it loses and doubles nothing acknowledged", async () => {
  await fallAgainAndAgain(await temporaryFolder(), { falls: 3, stretch: 2500, random: seeded(1) });
});
