import { describe, expect, it } from "vitest";
import { createGuard, isApi } from "../../../node/api/guard.ts";

const guard = createGuard({ name: "hotline-a.localhost", scheme: "http" });
const own = "http://hotline-a.localhost:8100";
const host = "hotline-a.localhost:8100";

function judge(method: string, url: string, headers: Record<string, string>): string {
  try {
    guard({ method, url, headers });
    return "let in";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("the guard before every request", () => {
  it.each([
    ["GET", { host }],
    ["GET", { host, "sec-fetch-site": "none" }],
    ["GET", { host, "sec-fetch-site": "same-origin" }],
    ["POST", { host, origin: own }],
    ["POST", { host, origin: own, "sec-fetch-site": "same-origin" }],
    ["DELETE", { host: "127.0.0.1:8100", origin: "http://127.0.0.1:8100" }],
    ["POST", { host: "[::1]:8100", origin: "http://[::1]:8100" }],
    ["POST", { host: "HOTLINE-A.localhost:8100", origin: own }],
  ])("lets in its own pages: %s %o", (method, headers) => {
    expect(judge(method, "/api/reports", headers as Record<string, string>)).toBe("let in");
  });

  it.each([
    {},
    { host: "" },
    { host: "evil.example" },
    { host: "hotline-a.localhost.evil.example" },
    { host: "hotline-b.localhost:8100" },
    { host: "10.0.0.5:8100" },
    { host: "hotline-a.localhost, evil.example" },
    { host: "hotline-a.localhost@evil.example" },
  ])("does not answer under another name: %o", (headers) => {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      expect(judge(method, "/api/session", headers as Record<string, string>)).toBe("api/unknown-host");
      expect(judge(method, "/", headers as Record<string, string>)).toBe("api/unknown-host");
    }
  });

  it.each([
    ["GET", { host, origin: "http://evil.example" }],
    ["GET", { host, origin: "null" }],
    ["GET", { host, "sec-fetch-site": "cross-site" }],
    ["GET", { host, "sec-fetch-site": "same-site" }],
    [
      "GET",
      { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    ],
    ["GET", { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }],
    ["POST", { host }],
    ["POST", { host, "sec-fetch-site": "none", origin: "null" }],
    ["POST", { host, "sec-fetch-site": "none" }],
    ["POST", { host, "sec-fetch-site": "cross-site", origin: own }],
    ["POST", { host, origin: "http://hotline-b.localhost:8100" }],
    ["POST", { host, origin: "http://hotline-a.localhost:9999" }],
    ["POST", { host, origin: "https://hotline-a.localhost:8100" }],
    ["DELETE", { host, origin: "http://evil.example", "sec-fetch-site": "same-origin" }],
    ["OPTIONS", { host, origin: "http://evil.example", "sec-fetch-site": "cross-site" }],
  ])("refuses what another site sends: %s %o", (method, headers) => {
    expect(judge(method, "/api/reports", headers as Record<string, string>)).toBe("api/cross-site");
  });

  it("lets a link from elsewhere open a page, but frame or fetch none", () => {
    const visit = {
      host,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect(judge("GET", "/reports/1", visit)).toBe("let in");
    expect(judge("GET", "/reports/1", { ...visit, "sec-fetch-dest": "iframe" })).toBe("api/cross-site");
    expect(
      judge("GET", "/assets/x.js", { ...visit, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" }),
    ).toBe("api/cross-site");
    expect(judge("POST", "/reports/1", visit)).toBe("api/cross-site");
  });

  it("knows the API's addresses from the interface's", () => {
    expect(["/api", "/api/", "/api/x?y", "/api?x"].map(isApi)).toEqual([true, true, true, true]);
    expect(["/", "/apix", "/reports/api/", "/?/api/"].map(isApi)).toEqual([false, false, false, false]);
  });
});
