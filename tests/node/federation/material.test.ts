/** Material in ranges: only to whom it was granted, only while the grant lasts, whole and verified or not at all. */
import { afterEach, expect, test } from "vitest";
import { isWardlineError, systemRandom } from "@wardline/protocol/encoding";
import { systemClock } from "../../../node/telemetry/index.ts";
import {
  cleanUp,
  connected,
  found,
  hotlineA,
  hotlineB,
  newId,
  policeB,
  startNode,
  until,
  type TestNode,
} from "./support.ts";

afterEach(cleanUp);

async function granted(size: number, expires = Date.now() + 60_000, offset = { now: 0 }) {
  const clock = { ...systemClock, now: () => Date.now() + offset.now };
  const { places } = await found([hotlineA, hotlineB, policeB]);
  const nodes = (await Promise.all(places.map((place) => startNode(place, { clock })))) as [
    TestNode,
    TestNode,
    TestNode,
  ];
  const [holder, other, police] = nodes;
  await until(
    "all have met",
    async () => (await connected(police, holder)) && (await connected(other, holder)),
  );
  const picture = systemRandom(size);
  const item = await holder.vault.put(picture);
  const grant = {
    id: newId(),
    key: new Uint8Array(),
    sha256: item.sha256,
    bytes: item.size,
    sealedBytes: await holder.vault.grantSize(item.id),
  };
  grant.key = (await holder.vault.grantKey(item.id, grant.id)) as Uint8Array<ArrayBuffer>;
  await holder.commit.run((unit) =>
    holder.federation.material.offer(unit, {
      grant: grant.id,
      item: item.id,
      to: police.place.memberId,
      expires,
    }),
  );
  return { holder, other, police, grant, picture, offset };
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "no error",
    (error: unknown) => (isWardlineError(error) ? error.code : String(error)),
  );

test("the granted member fetches the item; it arrives byte for byte and verifies", async () => {
  const { holder, police, grant, picture } = await granted(5_000_000);
  const receiving = await police.vault.receive(grant);
  const steps: number[] = [];
  await police.federation.material.fetch(holder.place.memberId, grant, receiving, {
    onProgress: (received, total) => steps.push(received / total),
  });
  const { id } = await receiving.finish();
  expect(Buffer.compare(await police.vault.readAll(id, 10_000_000), picture)).toBe(0);
  expect(steps.length).toBeGreaterThan(4);
  expect(steps.at(-1)).toBe(1);
});

test("a fetch that was cut goes on where it stopped", async () => {
  const { holder, police, grant, picture } = await granted(5_000_000);
  const receiving = await police.vault.receive(grant);
  const stop = new AbortController();
  const cut = police.federation.material.fetch(holder.place.memberId, grant, receiving, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(await codeOf(cut)).not.toBe("no error");
  const here = receiving.received;
  expect(here).toBeGreaterThan(0);
  expect(here).toBeLessThan(grant.sealedBytes);
  const again = await police.vault.receive(grant);
  expect(again.received).toBe(here);
  await police.federation.material.fetch(holder.place.memberId, grant, again);
  const { id } = await again.finish();
  expect(Buffer.compare(await police.vault.readAll(id, 10_000_000), picture)).toBe(0);
});

test("to another member the grant does not exist", async () => {
  const { holder, other, grant } = await granted(1000);
  const receiving = await other.vault.receive(grant);
  const fetched = other.federation.material.fetch(holder.place.memberId, grant, receiving);
  expect(await codeOf(fetched)).toBe("material/unknown-grant");
  const unknown = { ...grant, id: newId() };
  const asked = other.federation.material.fetch(
    holder.place.memberId,
    unknown,
    await other.vault.receive(unknown),
  );
  expect(await codeOf(asked)).toBe("material/unknown-grant");
});

test("after its time, and after it was withdrawn, a grant gives nothing", async () => {
  const { holder, police, grant, offset } = await granted(1000, Date.now() + 60_000);
  offset.now = 61_000;
  const receiving = await police.vault.receive(grant);
  const fetch = () => codeOf(police.federation.material.fetch(holder.place.memberId, grant, receiving));
  expect(await fetch()).toBe("material/grant-expired");
  offset.now = 0;
  await holder.commit.run((unit) => holder.federation.material.withdraw(unit, grant.id));
  expect(await fetch()).toBe("material/grant-withdrawn");
  await holder.commit.run((unit) => holder.federation.material.settle(unit, grant.id));
  expect(await fetch()).toBe("material/unknown-grant");
});

test("while membership is stale no material is given", async () => {
  const { holder, police, grant, offset } = await granted(1000, Date.now() + 90 * 86_400_000);
  offset.now = 25 * 3_600_000;
  const receiving = await police.vault.receive(grant);
  const fetched = police.federation.material.fetch(holder.place.memberId, grant, receiving);
  expect(await codeOf(fetched)).toBe("material/membership-stale");
});

test("from a member that is not there nothing can be fetched", async () => {
  const { holder, police, grant } = await granted(1000);
  await holder.stop();
  await until("its absence is noticed", async () => !(await connected(police, holder)));
  const receiving = await police.vault.receive(grant);
  const fetched = police.federation.material.fetch(holder.place.memberId, grant, receiving);
  expect(await codeOf(fetched)).toBe("peer/not-connected");
});
