/** Whose address the sign-in limits count: the client's behind one proxy, the connection's own without. */
import { afterEach, describe, expect, it } from "vitest";
import { cheapAccounts } from "../accounts/support.ts";
import { startTestNode, type TestNode } from "./support.ts";

const name = "hotline-t.localhost";
let test: TestNode;
afterEach(() => test.close());

async function start(behindTlsProxy: boolean): Promise<void> {
  test = await startTestNode("hotline", {
    listen: { p2p: ["/ip4/127.0.0.1/tcp/0"], http: { port: 0, name, behindTlsProxy } },
    accounts: { ...cheapAccounts, attempts: { free: 1 } },
  });
}

/** A failed sign-in under a name of its own, so that only the address is counted twice. */
let names = 0;
async function guess(forwarded: string): Promise<unknown> {
  const scheme = test.configuration.scheme;
  const { body } = await test.ask("/api/session", {
    method: "POST",
    body: { signIn: `nobody-${++names}`, password: "wrong" },
    headers: { origin: `${scheme}://${test.host}`, "x-forwarded-for": forwarded },
  });
  return body["code"];
}

async function guessUntilSlowed(forwarded: (index: number) => string): Promise<void> {
  const codes: unknown[] = [];
  for (let index = 0; index < 11; index++) codes.push(await guess(forwarded(index)));
  expect(codes).toEqual([
    ...Array<string>(10).fill("accounts/sign-in-refused"),
    "accounts/too-many-attempts",
  ]);
}

describe("guessing from one address", () => {
  it("behind a proxy slows that client down and nobody else", async () => {
    await start(true);
    await guessUntilSlowed(() => "198.51.100.1");
    expect(await guess("198.51.100.2")).toBe("accounts/sign-in-refused");
  });

  it("behind a proxy is not hidden by what the client itself put into the header", async () => {
    await start(true);
    await guessUntilSlowed((index) => `203.0.113.${index}, 198.51.100.1`);
  });

  it("without a proxy is not hidden by the header at all", async () => {
    await start(false);
    await guessUntilSlowed((index) => `203.0.113.${index}`);
  });
});
