/** Makes tests/conformance/golden/parts.json: three cards as the membership exchange names them, and the digests of their parts. */
import { writeFileSync } from "node:fs";
import { hex, unhex } from "@wardline/protocol/encoding";
import { digestsOf, partOf } from "../../node/federation/membership/parts.ts";

const card = (member: string, key: string, version: number, hash: string) => ({
  ...{ member: member.repeat(16), key: key.repeat(32), version, hash: hash.repeat(32) },
});
const cards = [card("a1", "c2", 8, "d2"), card("b1", "c3", 1780272000, "d3"), card("a1", "c1", 7, "d1")];
const named = cards.map(({ member, key, version, hash }) => ({
  ...{ member: unhex(member), key: unhex(key), version, hash: unhex(hash) },
}));
const listed = [...new Set(named.map(({ member }) => partOf(member)))];
const golden = { cards, listed, parts: hex(digestsOf(named)) };
const file = new URL("../../tests/conformance/golden/parts.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(golden, null, 2)}\n`);
