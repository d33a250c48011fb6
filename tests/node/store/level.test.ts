import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLevelStore } from "@wardline/node/store";
import { describeOrderedStore } from "../../support/store-compliance.ts";
import { limits, newFolder, refusal } from "./support.ts";

describe("LevelDB as an ordered store", () => {
  describeOrderedStore(async () => {
    const folder = join(await newFolder(), "level");
    let create = true;
    return () => {
      const store = openLevelStore(folder, { ...limits, create });
      create = false;
      return store;
    };
  });
});

describe("opening LevelDB", () => {
  test("never makes a database unless told to, and never over one that is there", async () => {
    const folder = await newFolder();
    expect(await refusal(() => openLevelStore(folder, { ...limits, create: false }))).toBe("store/damaged");
    await mkdir(join(folder, "level"));
    const made = await openLevelStore(join(folder, "level"), { ...limits, create: true });
    await made.close();
    const again = () => openLevelStore(join(folder, "level"), { ...limits, create: true });
    expect(await refusal(again)).toBe("store/cannot-create");
  });

  test("is refused while it is open", async () => {
    const folder = join(await newFolder(), "level");
    const first = await openLevelStore(folder, { ...limits, create: true });
    expect(await refusal(() => openLevelStore(folder, { ...limits, create: false }))).toBe("store/in-use");
    await first.close();
  });
});
