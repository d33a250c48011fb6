/** Cards by difference, asked of a real node: what is equal is not listed, what differs is, and given once it is asked for. */
import { afterEach, expect, test } from "vitest";
import { decodeCbor, encodeCbor, unhex } from "@wardline/protocol/encoding";
import { holdingsOf, type Holdings, type WireFile } from "../../../node/federation/membership/files.ts";
import { partOf } from "../../../node/federation/membership/parts.ts";
import { given } from "../../support/codes.ts";
import { startPuppet } from "./puppet.ts";
import { cleanUp, found, hotlineA, hotlineB, policeB, startNode, until } from "./support.ts";

afterEach(cleanUp);

test("a node lists the cards of the parts in which a member holds others, and gives those it says that it lacks", async () => {
  const { places, files } = await found([hotlineA, hotlineB, policeB]);
  const a = await startNode(given(places[0]));
  const puppet = await startPuppet(given(places[1]), files.trust);
  const connection = await puppet.meet(given(a.federation.addresses()[0]));
  const ask = async (change: Partial<Holdings>) => {
    const trust = puppet.trust();
    const have = { ...holdingsOf(trust), ...change };
    const federation = unhex(trust.federationId, 32);
    const message = { federation, have, files: [], evidence: [], seen: [], more: false };
    const answer = await puppet.ask(connection, "membership", encodeCbor(message));
    return decodeCbor(answer) as { have: Holdings; files: WireFile[] };
  };
  // A's own card may still be on its way.
  await until("both hold the same", async () => {
    await puppet.exchange(connection);
    return (await ask({})).have.listed.length === 0;
  });
  const equal = await ask({});
  expect([equal.have.cards, equal.files]).toEqual([[], []]);

  const member = unhex(given(places[0]).memberId);
  const part = partOf(member);
  const { parts } = holdingsOf(puppet.trust());
  const other = parts.with(part * 16, (given(parts[part * 16]) + 1) % 256);
  const differing = await ask({ parts: other });
  expect(differing.have.listed).toEqual([part]);
  expect(differing.have.cards.some((card) => Buffer.compare(card.member, member) === 0)).toBe(true);
  expect(differing.have.cards.every((card) => partOf(card.member) === part)).toBe(true);
  expect(differing.files).toEqual([]);
  const lacking = await ask({ parts: other, listed: [part] });
  expect(lacking.files.map(({ kind }) => kind)).toEqual(lacking.have.cards.map(() => "card"));
});
