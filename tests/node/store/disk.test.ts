import { mkdir, readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hex, utf8 } from "@wardline/protocol/encoding";
import {
  blind,
  createStore,
  defineCollection,
  deleting,
  openLevelStore,
  openStore,
  putting,
  type Store,
  type StoreOptions,
} from "@wardline/node/store";
import { given } from "../../support/codes.ts";
import {
  copyOf,
  filesOf,
  limits,
  newFolder,
  newStore,
  optionsFor,
  refusal,
  reopen,
  writeTo,
} from "./support.ts";

interface Sighting {
  url: string;
  sha256: string;
  note: string;
  bytes: Uint8Array;
}
const sightings = defineCollection<Sighting>("sightings of things", {
  indexes: {
    "by host": ({ url }) => [[blind(new URL(url).hostname)]],
    "by hash": ({ sha256 }) => [[blind(sha256)]],
  },
});

const sighting = (at: number): Sighting => ({
  url: `https://host-${at}.example/page`,
  sha256: hex(new Uint8Array(32).fill(at)),
  note: `a remark in words, number ${at}`,
  // Some are large enough for a segment file.
  bytes: new Uint8Array(at % 25 === 7 ? 9000 : 64).fill(200 + (at % 50)),
});

async function write(store: Store, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) {
    await store.write([store.change(putting(sightings, [blind(sighting(at).url), at], sighting(at)))]);
  }
}

/** A closed store with records in several tables and in a log. */
async function filled(count = 600): Promise<StoreOptions> {
  const { store, options } = await newStore();
  await write(store, 0, count);
  await store.close();
  return options;
}

/** The files that matter: not LevelDB's own diary, nor its lock, which has no content. */
async function databaseFiles(options: StoreOptions): Promise<[string, Uint8Array][]> {
  return [...(await filesOf(options))].filter(([name]) => !/\/LO(?:G|G\.old|CK)$/.test(name));
}

/** All records as they are found by key, by list and by index; or the code with which that is refused. */
async function allOf(options: StoreOptions, count: number): Promise<string | undefined> {
  return refusal(async () => {
    const store = await openStore(options);
    try {
      for (let at = 0; at < count; at++) {
        const { url, sha256 } = sighting(at);
        expect(await store.get(sightings, blind(url), at)).toEqual(sighting(at));
        const found = await Array.fromAsync(
          store.list(sightings, { index: "by hash", prefix: [blind(sha256)] }),
        );
        expect(found.map(({ value }) => value.url)).toContain(url);
      }
      expect(await store.count(sightings)).toBe(count);
    } finally {
      await store.close();
    }
  });
}

describe("a seized disk", () => {
  test("shows no value, blinded key, name or key of the node", async () => {
    const { store, options } = await newStore();
    await write(store, 0, 400);
    await store.write([store.change(deleting(sightings, [blind(sighting(3).url), 3]))]);
    await write(store, 400, 500);
    await store.close();
    const { url, sha256, note, bytes } = sighting(7);
    const secrets = [
      ...[
        url,
        "host-7.example",
        sha256,
        note,
        "remark",
        "sightings",
        "by host",
        "store/values",
        "wardline",
      ].map(utf8),
      bytes.subarray(0, 8),
      new Uint8Array(32).fill(7).subarray(0, 8),
      ...["store/values", "store/names", "store/head"].map((purpose) => options.master.derive(purpose)),
      new Uint8Array(32).fill(1),
    ];
    const files = await filesOf(options);
    expect([...files.keys()].some((name) => name.endsWith(".ldb"))).toBe(true);
    expect(files.get("segments/00000001.segment")?.length).toBeGreaterThan(100_000);
    for (const [name, content] of files) {
      for (const secret of secrets)
        expect([name, Buffer.from(content).includes(secret)]).toEqual([name, false]);
    }
  });
});

describe("a damaged disk", () => {
  test("is refused, or harmless, wherever a byte was flipped", async () => {
    const count = 120;
    const options = await filled(100);
    // Opening turned the log into a table; what follows is in a new log.
    const store = await openStore(options);
    await write(store, 100, count);
    await store.close();
    const outcomes = new Map<string, number>();
    for (const [name, content] of await databaseFiles(options)) {
      for (let at = 0; at < content.length; at += Math.max(1, content.length >> 5)) {
        const copy = await copyOf(options);
        await writeTo(copy, name, content.with(at, (content[at] ?? 0) ^ (1 << (at % 8))));
        const code = (await allOf(copy, count)) ?? "harmless";
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
        await rm(copy.folder, { recursive: true });
      }
    }
    const refusals = ["store/behind", "store/damaged", "store/head-damaged"];
    expect([...outcomes.keys()].filter((code) => code !== "harmless").sort()).toEqual(refusals);
    expect(outcomes.get("harmless") ?? 0).toBeLessThan(10); // bytes of LevelDB's files that nobody reads
  });

  test("never opens as an empty or shorter store when a file is missing, empty or cut", async () => {
    const count = 600;
    const options = await filled(count);
    const files = await databaseFiles(options);
    expect(files.some(([name]) => name.endsWith(".ldb"))).toBe(true);
    for (const [name, content] of files) {
      for (const damage of ["missing", "empty", "cut"] as const) {
        const copy = await copyOf(options);
        if (damage === "missing") await unlink(join(copy.folder, name));
        else await writeTo(copy, name, damage === "empty" ? new Uint8Array(0) : content.subarray(0, -1));
        const code = await allOf(copy, count);
        expect([name, damage, code]).toEqual([name, damage, expect.stringMatching(/^store\//)]);
        await rm(copy.folder, { recursive: true });
      }
    }
  });

  test("is left as it was found", async () => {
    const options = await filled();
    const table = given((await databaseFiles(options)).find(([name]) => name.endsWith(".ldb")));
    await writeTo(options, table[0], table[1].with(100, 77));
    const before = await filesOf(options);
    expect(await refusal(() => openStore(options))).toBe("store/damaged");
    expect(await filesOf(options)).toEqual(before);
  });

  test("does not open as an older state of itself", async () => {
    const options = await filled(50);
    const older = await copyOf(options);
    const store = await openStore(options);
    await write(store, 50, 51);
    await store.close();
    await writeTo(older, "head", given((await filesOf(options)).get("head")));
    expect(await allOf(older, 50)).toBe("store/behind");
  });

  test("does not open when the folder is gone, another node's, or locked by another key", async () => {
    const options = await filled(10);
    expect(await refusal(() => openStore(optionsFor(join(options.folder, "..", "elsewhere"))))).toBe(
      "store/missing",
    );
    const otherKey = optionsFor(join(options.folder, ".."), 2);
    expect(await refusal(() => openStore(otherKey))).toBe("store/foreign");
    const other = await filled(10);
    await writeTo(other, "head", given((await filesOf(options)).get("head")));
    expect(await allOf(other, 10)).toBe("store/head-damaged");
  });

  test("shows a value that was moved to another key, and an index entry that was invented", async () => {
    const options = await filled(2);
    const raw = await openLevelStore(join(options.folder, "records"), { ...limits, create: false });
    const everything = await Array.fromAsync(
      raw.range({ gte: new Uint8Array(1), lt: new Uint8Array(32).fill(255) }),
    );
    const records = everything.filter(
      ([key, value]) => value.length > 0 && key.slice(0, 6).some((byte) => byte !== 0),
    );
    const entries = everything.filter(([, value]) => value.length === 0);
    const [first, second] = [given(records[0]), given(records[1])];
    await raw.batch([{ type: "put", key: first[0], value: second[1] }]);
    // The index entry of one record under the place of the other.
    const [entry, another] = [given(entries[0])[0], given(entries[1])[0]];
    const invented = Buffer.concat([entry.subarray(0, 24), another.subarray(24)]);
    await raw.batch([{ type: "put", key: invented, value: new Uint8Array(0) }]);
    await raw.close();
    const store = await reopen(options);
    const codes = [0, 1].map((at) => refusal(() => store.get(sightings, blind(sighting(at).url), at)));
    expect((await Promise.all(codes)).sort()).toEqual(["store/damaged", undefined]);
    const lists = ["by hash", "by host"].map((index) =>
      refusal(() => Array.fromAsync(store.list(sightings, { index }))),
    );
    expect(await Promise.all(lists)).toContain("store/damaged");
  });
});

describe("a database that LevelDB thinks is fine", () => {
  const system = { gte: new Uint8Array(6), lt: new Uint8Array(6).fill(0).with(5, 1) };
  const [marker, journal] = [0x6d, 0x6a];

  async function without(chosen: (systemKeys: Uint8Array[]) => Uint8Array[]): Promise<string | undefined> {
    const options = await filled(20);
    const raw = await openLevelStore(join(options.folder, "records"), { ...limits, create: false });
    const gone = chosen(await Array.fromAsync(raw.keys(system)));
    await raw.batch(gone.map((key) => ({ type: "del", key })));
    await raw.close();
    return refusal(() => openStore(options));
  }

  test("is refused when a batch is missing from it, when its last ones are, and when it is empty", async () => {
    const journalOf = (keys: Uint8Array[]) => keys.filter((key) => key[6] === journal);
    expect(await without((keys) => journalOf(keys).slice(5, 6))).toBe("store/incomplete");
    expect(await without((keys) => journalOf(keys).slice(-2))).toBe("store/behind");
    expect(await without((keys) => journalOf(keys))).toBe("store/incomplete");
    expect(await without((keys) => keys.filter((key) => key[6] === marker))).toBe("store/emptied");
    expect(await without(() => [])).toBeUndefined();
  });
});

describe("making a store", () => {
  test("is refused where there is one, and begins anew where it was not finished", async () => {
    const options = optionsFor(await newFolder());
    await mkdir(join(`${options.folder}.new`, "records"), { recursive: true });
    await createStore(options);
    expect(await refusal(() => createStore(options))).toBe("store/exists");
    await (await openStore(options)).close();
    expect(await readdir(join(options.folder, ".."))).toEqual(["store"]);
  });
});
