import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkStatement,
  embedStatement,
  openOriginals,
  readPayload,
  signStatement,
  statementTypes,
  type Statement,
  type StatementType,
} from "@wardline/protocol/statements";
import { codeOf } from "../../support/codes.ts";
import { draft, federation, type TestMember } from "../support/federation.ts";

const { trust, hotlineA, hotlineB, police, interpol, secretariat } = federation();
const byKind = { hotline: hotlineA, lea: police, interpol, secretariat };
const kinds = Object.keys(byKind) as (keyof typeof byKind)[];
const types = Object.keys(statementTypes) as StatementType[];

function say(type: string, author: TestMember, to: TestMember[], changes: object = {}): Statement {
  const example = type in statementTypes ? statementTypes[type as StatementType].example : { any: 1 };
  const whole = {
    ...draft(
      type,
      author.id,
      to.map(({ id }) => id),
      example,
    ),
    legalBasis: "Example Act, s. 1",
    ...changes,
  };
  return signStatement(whole, author.key, trust.federationId).statement;
}
const checked = (...what: Parameters<typeof say>) => codeOf(() => checkStatement(say(...what), trust));

describe("who may say what to whom", () => {
  test.each(types)("%s: exactly the kinds of the table may author it", (type) => {
    const rule: { from: readonly string[]; to: readonly string[] } = statementTypes[type];
    const recipient = byKind[rule.to[0] as keyof typeof byKind];
    for (const kind of kinds) {
      const author = byKind[kind] === recipient ? hotlineB : byKind[kind];
      if (author === hotlineB && kind !== "hotline") continue;
      expect(checked(type, author, [recipient]), kind).toBe(
        rule.from.includes(kind) ? undefined : "statement/not-allowed",
      );
    }
  });

  test.each(types)("%s: exactly the kinds of the table may be addressed", (type) => {
    const rule: { from: readonly string[]; to: readonly string[] } = statementTypes[type];
    for (const kind of kinds) {
      const recipient = kind === "hotline" ? hotlineB : byKind[kind];
      const author = rule.from
        .map((from) => byKind[from as keyof typeof byKind])
        .find((found) => found !== recipient);
      if (!author) continue;
      expect(checked(type, author, [recipient]), kind).toBe(
        rule.to.includes(kind) ? undefined : "statement/not-allowed",
      );
    }
  });

  test("one recipient out of place is enough to refuse", () => {
    expect(checked("report.forward", hotlineA, [hotlineB, police])).toBe("statement/not-allowed");
  });

  test("a recipient that is not in the roster is refused by name", () => {
    const stranger = { ...hotlineB, id: "ee".repeat(16) };
    expect(checked("report.forward", hotlineA, [stranger])).toBe("statement/unknown-member");
  });

  test("a hold or a request for material states its legal basis", () => {
    expect(checked("lea.hold", police, [hotlineA], { legalBasis: undefined })).toBe(
      "statement/legal-basis-missing",
    );
    expect(checked("material.request", interpol, [hotlineA], { legalBasis: "" })).toBe(
      "statement/legal-basis-missing",
    );
  });
});

describe("what this version does not know", () => {
  test("an unknown type is unsupported, not wrong", () => {
    expect(checked("report.teleport", hotlineA, [hotlineB])).toBe("statement/unsupported");
  });

  test.each([
    ["embargo", "statement/unsupported"],
    ["payload.embargo", "statement/unsupported"],
    ["payload.hosting.embargo", "statement/unsupported"],
    ["payload.toString", "statement/unsupported"],
    ["handling.onward", undefined],
    ["payload.hosting.provider", undefined],
    ["payload.items.digests.pdq", undefined],
    ["legalBasis", undefined],
  ])("critical %s: %s", (name, code) => {
    expect(checked("report.forward", hotlineA, [hotlineB], { critical: [name] })).toBe(code);
  });

  test("a payload that does not fit is refused with the fields, never with what they hold", () => {
    const statement = { ...say("report.forward", hotlineA, [hotlineB]), payload: { url: 7 } };
    try {
      checkStatement(statement, trust);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "statement/payload" });
      expect(error).toHaveProperty("details.fields", expect.arrayContaining(["url", "items"]));
    }
  });
});

test("whatever a statement says, it is accepted or refused by a code", () => {
  const base = say("report.forward", hotlineA, [hotlineB]);
  const verdictOf = (type: string, payload: object, critical: string[]) =>
    codeOf(() => checkStatement({ ...base, type, payload: { ...payload }, critical }, trust));
  const names = fc.string({
    unit: fc.constantFrom("payload", ".", "items", "__proto__", "constructor", "x"),
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.object(),
      fc.array(names, { maxLength: 3 }),
      (type, payload, critical) => {
        expect(verdictOf(type, payload, critical)).toMatch(/^statement\//);
      },
    ),
    { numRuns: 300 },
  );
});

test("a payload is read with its defaults; one that has them all is its own reading", () => {
  const statement = say("lea.escalation", hotlineA, [police], {
    payload: { ...statementTypes["lea.escalation"].example, urgency: undefined },
  });
  expect(readPayload(statement, "lea.escalation").urgency).toBe("routine");
  const whole = say("report.forward", hotlineA, [hotlineB], {
    payload: statementTypes["report.forward"].example,
  });
  expect(readPayload(whole, "report.forward")).toBe(whole.payload);
  expect(readPayload(whole, "report.forward")).toBe(whole.payload);
  expect(codeOf(() => readPayload(statement, "report.forward"))).toBe("statement/payload");
});

describe("passing on", () => {
  const original = (onward: "none" | "same-kind" | "members") => {
    const whole = draft(
      "conversation.message",
      hotlineA.id,
      [hotlineB.id],
      statementTypes["conversation.message"].example,
    );
    return signStatement(
      { ...whole, handling: { marking: "green", onward } },
      hotlineA.key,
      trust.federationId,
    );
  };
  const passOn = (onward: "none" | "same-kind" | "members", to: TestMember) => {
    const originals = [embedStatement(original(onward))];
    return codeOf(() => openOriginals(say("conversation.message", hotlineB, [to], { originals }), trust));
  };

  test.each([
    ["none", "the author", hotlineA, undefined],
    ["none", "police", police, "statement/not-passed-on"],
    ["same-kind", "police", police, "statement/not-passed-on"],
    ["members", "police", police, undefined],
  ] as const)("onward %s to %s", (onward, _name, to, code) => {
    expect(passOn(onward, to)).toBe(code);
  });

  test("the original keeps its author's signature, and an altered one is refused", () => {
    const embedded = embedStatement(original("members"));
    const carry = (original: object) =>
      say("conversation.message", hotlineB, [police], { originals: [original] });
    expect(openOriginals(carry(embedded), trust)[0]?.statement.author).toBe(hotlineA.id);
    const altered = { ...embedded, bytes: Buffer.from('{"version":1}').toString("base64") };
    expect(codeOf(() => openOriginals(carry(altered), trust))).toBe("statement/malformed");
  });
});
