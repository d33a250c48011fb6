/** The node's own card over HTTP: an administrator saves it as a file that any node takes. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { utf8 } from "@wardline/protocol/encoding";
import { decodeFile, readCard } from "@wardline/protocol/roster";
import { startTestNode, type TestNode } from "./support.ts";

let test: TestNode;
beforeAll(async () => {
  test = await startTestNode();
});
afterAll(() => test.close());

it("is saved by an administrator, and taken where it is brought", async () => {
  const cookie = await test.enter("admin", ["administrator"]);
  const { status, body } = await test.ask("/api/federation/card", { cookie });
  expect(status).toBe(200);
  const { federation } = test.node.services;
  expect(readCard(decodeFile(utf8(JSON.stringify(body))).bytes)).toMatchObject({
    member: federation.self.id,
    addresses: federation.addresses(),
  });
  const brought = await test.ask("/api/federation/files", {
    ...{ method: "POST", cookie },
    body: { files: [{ kind: "card", file: body }] },
  });
  expect(brought.body).toEqual({ accepted: 0, refused: [] });
});

it("is not for everybody", async () => {
  const cookie = await test.enter("anna", ["analyst"]);
  expect(await test.ask("/api/federation/card", { cookie })).toMatchObject({
    status: 403,
    body: { code: "accounts/not-allowed" },
  });
});
