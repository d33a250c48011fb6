import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissionsOf } from "../../../node/accounts/index.ts";
import { cookieOf, startTestNode, type TestNode } from "./support.ts";

const minute = 60_000;
let test: TestNode;
beforeAll(async () => void (test = await startTestNode()));
afterAll(() => test.close());

const whoAmI = (cookie?: string) => test.ask("/api/session", { cookie });

describe("sign-in over HTTP", () => {
  it("sets one strict cookie and tells who one is and what one may do", async () => {
    await test.enter("ada", ["analyst"]);
    const answer = await test.signIn("ada");
    expect(answer.status).toBe(200);
    const [cookie, ...others] = answer.headers["set-cookie"] ?? [];
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-wardline=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(answer.body).toMatchObject({
      person: { name: "ada", roles: ["analyst"], permissions: permissionsOf(["analyst"]) },
      member: { name: "Member T", country: "SE", kind: "hotline" },
    });
    expect((await whoAmI(cookieOf(answer))).body).toEqual(answer.body);
  });

  it("answers 401 without a sign-in, and for a wrong one, with a code", async () => {
    expect(await whoAmI()).toMatchObject({ status: 401, body: { code: "api/signed-out" } });
    expect(await whoAmI("__Host-wardline=nonsense")).toMatchObject({ status: 401 });
    expect(await test.signIn("ada", "wrong password")).toMatchObject({
      status: 401,
      body: { code: "accounts/sign-in-refused" },
    });
  });

  it("ends with sign-out, and with the next sign-in in the same browser", async () => {
    const first = await test.enter("bea", ["viewer"]);
    const answer = await test.ask("/api/session", {
      method: "POST",
      cookie: first,
      body: { signIn: "bea", password: "a long enough passphrase" },
    });
    const second = cookieOf(answer);
    expect((await whoAmI(first)).status).toBe(401);
    const out = await test.ask("/api/session", { method: "DELETE", cookie: second });
    expect(out.status).toBe(200);
    expect(out.headers["set-cookie"]?.[0]).toMatch(/^__Host-wardline=; .*Expires=Thu, 01 Jan 1970/);
    expect((await whoAmI(second)).status).toBe(401);
  });

  it("outlives a restart, and ends when nobody uses it", async () => {
    const cookie = await test.enter("cy", ["viewer"]);
    await test.restart();
    expect((await whoAmI(cookie)).status).toBe(200);
    test.clock.pass(31 * minute);
    expect((await whoAmI(cookie)).status).toBe(401);
  });

  it("slows guessing down and says when to come back", async () => {
    const codes: unknown[] = [];
    for (let tries = 0; tries < 6; tries++) codes.push((await test.signIn("nobody", "wrong")).body["code"]);
    expect(codes.slice(0, 5)).toEqual(Array(5).fill("accounts/sign-in-refused"));
    expect(codes[5]).toBe("accounts/too-many-attempts");
    const answer = await test.signIn("nobody", "wrong");
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
  });

  it("lets people choose a new password, which ends all their sign-ins", async () => {
    const cookie = await test.enter("dee", ["viewer"]);
    const next = "another good passphrase";
    const body = { current: "a long enough passphrase", next };
    expect((await test.ask("/api/session/password", { method: "POST", cookie, body })).status).toBe(200);
    expect((await whoAmI(cookie)).status).toBe(401);
    expect((await test.signIn("dee", next)).status).toBe(200);
  });
});

describe("people over HTTP", () => {
  it("are kept by an administrator, and a person switched off is out at once", async () => {
    const boss = await test.enter("boss", ["administrator"]);
    const made = await test.ask("/api/people", {
      method: "POST",
      cookie: boss,
      body: { name: "Eve Example", signIn: "eve", roles: ["triage"], password: "quite a long passphrase" },
    });
    expect(made).toMatchObject({ status: 200, body: { signIn: "eve", roles: ["triage"] } });
    expect(made.text).not.toContain("passphrase");
    const eve = cookieOf(await test.signIn("eve", "quite a long passphrase"));
    expect((await whoAmI(eve)).status).toBe(200);
    const path = `/api/people/${String(made.body["id"])}`;
    expect((await test.ask(path, { method: "PATCH", cookie: boss, body: { disabled: true } })).status).toBe(
      200,
    );
    expect((await whoAmI(eve)).status).toBe(401);
    const list = await test.ask("/api/people", { cookie: boss });
    expect(list.body["people"]).toContainEqual(
      expect.objectContaining({ signIn: "eve", disabled: test.clock.now() }),
    );
  });

  it("are refused with a code for what is wrong", async () => {
    const boss = await test.enter("boss2", ["administrator"]);
    const add = (change: object) =>
      test.ask("/api/people", {
        method: "POST",
        cookie: boss,
        body: {
          name: "Fay",
          signIn: "fay",
          roles: ["viewer"],
          password: "quite a long passphrase",
          ...change,
        },
      });
    expect(await add({ password: "short" })).toMatchObject({
      status: 422,
      body: { code: "accounts/weak-password" },
    });
    expect(await add({ roles: ["king"] })).toMatchObject({
      status: 400,
      body: { code: "api/invalid-request" },
    });
    expect(await add({ signIn: "!" })).toMatchObject({
      status: 400,
      body: { code: "accounts/invalid-sign-in" },
    });
    expect(await add({ signIn: "boss2" })).toMatchObject({
      status: 409,
      body: { code: "accounts/sign-in-taken" },
    });
    const nobody = await test.ask("/api/people/none", { method: "PATCH", cookie: boss, body: { name: "X" } });
    expect(nobody).toMatchObject({ status: 404, body: { code: "accounts/no-such-person" } });
  });
});
