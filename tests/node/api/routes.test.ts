/** Every route with every role, allowed or refused as the one table says. The list is the node's own: no route escapes it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberKinds } from "@wardline/protocol/roster";
import { allows, roles, type Role, type Route } from "../../../node/accounts/index.ts";
import { startTestNode, type TestNode } from "./support.ts";

const pathOf = ({ path }: Route) => `/api${path.replace(/:\w+/g, "00000000000000000000000000000000")}`;
const isSignOut = ({ method, path }: Route) => method === "DELETE" && path === "/session";

describe.each(memberKinds)("the routes of a %s node", (kind) => {
  let test: TestNode;
  const cookies = new Map<Role, string>();
  beforeAll(async () => {
    test = await startTestNode(kind);
    for (const role of roles) cookies.set(role, await test.enter(role, [role]));
  });
  afterAll(() => test.close());

  async function codeOf({ method, ...route }: Route, cookie?: string): Promise<unknown> {
    const body = method === "GET" ? undefined : {};
    const { status, body: answer } = await test.ask(pathOf({ method, ...route }), { method, body, cookie });
    expect(status).toBeLessThan(500);
    return answer["code"];
  }

  it("are each there once", () => {
    const names = test.node.services.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("GET /federation");
  });

  it("let nobody in who is not signed in, but where it says so", async () => {
    const open = test.node.services.routes.filter(({ permission }) => permission === "public");
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "GET /health",
      "POST /session",
    ]);
    for (const route of test.node.services.routes) {
      const code = await codeOf(route);
      if (route.permission === "public")
        expect([route.path, code]).not.toEqual([route.path, "api/signed-out"]);
      else expect([route.path, code]).toEqual([route.path, "api/signed-out"]);
    }
  });

  it.each(roles)("let a person with the role %s do what the table says, and nothing else", async (role) => {
    const routes = test.node.services.routes.filter((route) => !isSignOut(route));
    for (const route of [...routes, ...test.node.services.routes.filter(isSignOut)]) {
      const { permission } = route;
      const allowed = permission === "public" || permission === "signed-in" || allows([role], permission);
      const code = await codeOf(route, cookies.get(role));
      const name = `${route.method} ${route.path}`;
      if (allowed) {
        expect([name, code]).not.toEqual([name, "accounts/not-allowed"]);
        expect([name, code]).not.toEqual([name, "api/signed-out"]);
      } else expect([name, code]).toEqual([name, "accounts/not-allowed"]);
    }
  });
});
