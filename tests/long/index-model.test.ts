/** The match index against looking at every entry, for hundreds of sequences of calls. */
import { expect, test } from "vitest";
import { playAgainstModel } from "../hashing/index/play.ts";
import { ownFolder } from "../hashing/index/support.ts";

test("it answers as looking at every entry would, whatever was done with it", async () => {
  await playAgainstModel(400, ownFolder);
  expect.hasAssertions();
});
