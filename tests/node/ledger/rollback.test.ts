import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { signCheckpoint } from "@wardline/protocol/log";
import {
  append,
  copyOfStore,
  entry,
  failedChecks,
  logKey,
  newPlace,
  open,
  origin,
  putBack,
  type Place,
} from "./support.ts";

/** A place whose ledger has `size` entries, closed. */
async function placeWith(size: number): Promise<Place> {
  const place = await newPlace();
  const one = await open(place, { create: true });
  for (let at = 0; at < size; at++) await append(one, [entry(at, ["s"])]);
  await one.close();
  return place;
}

/** Opens it, and sees that it is read-only for this reason but still shows what it has. */
async function expectReadOnly(place: Place, code: string) {
  const one = await open(place);
  expect(one.ledger.problem?.code).toBe(code);
  expect(one.ledger.problem?.advice).toBeTruthy();
  expect(() => one.ledger.append([entry(9)], 1)).toThrow(expect.objectContaining({ code }) as Error);
  expect(await failedChecks(one.ledger, "s")).toContain("not-rolled-back");
  return one;
}

describe("at start", () => {
  test("a store ahead of its checkpoint file is normal: the node stopped in between", async () => {
    const place = await placeWith(3);
    const older = await readFile(place.checkpointFile);
    const one = await open(place);
    await append(one, [entry(3, ["s"]), entry(4, ["s"])]);
    await one.close();
    await writeFile(place.checkpointFile, older);
    const again = await open(place);
    expect(again.ledger.problem).toBeUndefined();
    expect(again.ledger.size).toBe(5);
    expect(await failedChecks(again.ledger, "s")).toEqual([]);
    expect(await readFile(place.checkpointFile, "utf8")).toBe(again.ledger.checkpoint().text);
  });

  test("an older copy of the store beside a newer checkpoint is seen, and only shown", async () => {
    const place = await placeWith(3);
    const copy = await copyOfStore(place);
    const later = await open(place);
    await append(later, [entry(3, ["s"])]);
    const newest = later.ledger.checkpoint();
    await later.close();
    await putBack(place, copy);
    const { ledger, reader } = await expectReadOnly(place, "ledger/rolled-back");
    expect(ledger.problem?.details).toEqual({ stored: 3, acknowledged: 4 });
    expect(ledger.checkpoint()).toMatchObject({ size: 4, text: newest.text });
    expect(await Array.fromAsync(ledger.ofSubject(reader, "s"))).toHaveLength(3);
    expect(await readFile(place.checkpointFile, "utf8")).toBe(newest.text);
  });

  test("an emptied store beside a checkpoint is seen, even when a new one may be made", async () => {
    const place = await placeWith(2);
    const other = await placeWith(0);
    const empty = { ...place, storeFolder: other.storeFolder };
    await (await expectReadOnly(empty, "ledger/rolled-back")).close();
    expect((await open(empty, { create: true })).ledger.problem?.code).toBe("ledger/rolled-back");
  });

  test("another history of the same length is seen", async () => {
    const [place, other] = [await placeWith(3), await placeWith(3)];
    await expectReadOnly({ ...place, storeFolder: other.storeFolder }, "ledger/rewritten");
    const longer = await placeWith(5);
    await expectReadOnly({ ...place, storeFolder: longer.storeFolder }, "ledger/rewritten");
  });

  test("a missing checkpoint file is a problem, except for a new node", async () => {
    const place = await placeWith(2);
    const text = await readFile(place.checkpointFile);
    await rm(place.checkpointFile);
    const { ledger, close } = await expectReadOnly(place, "ledger/checkpoint-missing");
    expect(ledger.checkpoint()).toMatchObject({ size: 0, text: "" });
    await close();
    await writeFile(place.checkpointFile, text);
    const again = await open(place);
    expect(again.ledger.problem).toBeUndefined();
  });

  test("an empty, cut, changed or foreign checkpoint file is a problem", async () => {
    const place = await placeWith(2);
    const content = await readFile(place.checkpointFile);
    const foreign = signCheckpoint({ origin: `${origin}0`, size: 2, root: new Uint8Array(32) }, logKey).text;
    const contents = [
      content.subarray(0, 50),
      content.with(90, (content[90] as number) ^ 1),
      foreign,
      Uint8Array.of(255),
    ];
    for (const bad of contents) {
      await writeFile(place.checkpointFile, bad);
      const one = await expectReadOnly(place, "ledger/checkpoint-damaged");
      await one.close();
    }
    await truncate(place.checkpointFile, 0);
    await expectReadOnly(place, "ledger/checkpoint-damaged");
  });

  test("a ledger of another origin or epoch is a problem", async () => {
    const place = await placeWith(2);
    const one = await open({ ...place, origin: `${origin}1` });
    expect(one.ledger.problem?.code).toBe("ledger/another-log");
  });
});

describe("while running", () => {
  test("a checkpoint file that was replaced behind our back shows in verification", async () => {
    const place = await placeWith(2);
    const one = await open(place);
    expect(await failedChecks(one.ledger, "s")).toEqual([]);
    const ahead = signCheckpoint({ origin, size: 9, root: new Uint8Array(32) }, logKey).text;
    await writeFile(place.checkpointFile, ahead);
    expect(await failedChecks(one.ledger, "s")).toEqual(["not-rolled-back"]);
    await rm(place.checkpointFile);
    expect(await failedChecks(one.ledger, "s")).toEqual(["not-rolled-back"]);
  });

  test("one checkpoint is written for many appended at once, the newest", async () => {
    const place = await placeWith(0);
    const one = await open(place);
    const waiting: Promise<void>[] = [];
    for (let at = 0; at < 50; at++) {
      const prepared = one.ledger.append([entry(at, ["s"])], at);
      await one.write(prepared.operations);
      waiting.push(prepared.applied());
    }
    await Promise.all(waiting);
    expect(await readFile(place.checkpointFile, "utf8")).toBe(one.ledger.checkpoint().text);
    expect(one.ledger.checkpoint().size).toBe(50);
  });
});
