import { describe, expect, it } from "vitest";
import { WardlineError } from "@wardline/protocol/encoding";
import { answerFor } from "../../../node/api/errors.ts";

const statusOf = (code: string) => answerFor(new WardlineError(code, "What happened.")).status;

describe("errors as answers", () => {
  it.each([
    ["accounts/sign-in-refused", 401],
    ["api/signed-out", 401],
    ["accounts/not-allowed", 403],
    ["api/cross-site", 403],
    ["casework/known-item", 403],
    ["accounts/no-such-person", 404],
    ["casework/no-such-report", 404],
    ["casework/items-open", 409],
    ["statement/not-allowed", 403],
    ["roster/invalid", 400],
    ["store/invalid-cursor", 400],
    ["store/invalid-key", 500],
    ["commit/stopped", 503],
    ["accounts/second-person-needed", 409],
    ["api/too-large", 413],
    ["api/not-json", 415],
    ["api/unknown-host", 421],
    ["api/idempotency-mismatch", 422],
    ["accounts/too-many-attempts", 429],
    ["vault/damaged", 500],
    ["ledger/rolled-back", 503],
    ["accounts/busy", 503],
  ])("%s is %i", (code, status) => {
    expect(statusOf(code)).toBe(status);
  });

  it("carries code, message, advice and details of a refusal", () => {
    const error = new WardlineError("casework/items-open", "Two items are open.", {
      advice: "Classify them.",
      details: { open: 2 },
    });
    expect(answerFor(error).body).toEqual({
      code: "casework/items-open",
      message: "Two items are open.",
      advice: "Classify them.",
      details: { open: 2 },
    });
  });

  it("keeps the node's insides to itself", () => {
    const inside = new WardlineError("vault/damaged", "File /data/vault/ab is damaged.", {
      details: { path: "/data" },
    });
    for (const error of [inside, new TypeError("Cannot read /data/secret"), "a string", undefined, null]) {
      const { status, body } = answerFor(error);
      expect(status).toBe(500);
      expect(JSON.stringify(body)).not.toContain("/data");
      expect(body.advice).toBeDefined();
    }
  });

  it("says when to come back", () => {
    const error = new WardlineError("accounts/too-many-attempts", "Wait.", { details: { retryAfter: 7 } });
    expect(answerFor(error).retryAfter).toBe(7);
  });

  it("says where a request is wrong, never with what value", () => {
    const validation = [{ instancePath: "/signIn", message: "Too long", params: { input: "secret value" } }];
    const { status, body } = answerFor(Object.assign(new Error("secret value"), { validation }));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "api/invalid-request", message: "/signIn: Too long" });
    expect(JSON.stringify(body)).not.toContain("secret value");
  });
});
