import { describe, expect, test } from "vitest";
import { isStatementType, statementTypes, type StatementType } from "@wardline/protocol/statements";

/** The list of the specification, in its order. */
const specified = [
  ...["report.forward", "report.update", "assessment.share", "assessment.dispute"],
  ...["lea.escalation", "lea.feedback", "lea.hold", "lea.release", "lea.hold-status"],
  "lea.deconflict",
  ...[
    "check.request",
    "check.answer",
    "material.request",
    "material.grant",
    "material.refuse",
    "material.cancel",
  ],
  ...["icse.contribution", "icse.outcome"],
  ...["iwol.nomination", "iwol.verification", "iwol.review", "iwol.publication", "iwol.appeal"],
  ...["notice.outcome", "recall.request", "recall.done", "incident.breach", "incident.interruption"],
  ...["statistics.contribution", "conversation.message"],
];
const types = Object.keys(statementTypes) as StatementType[];

describe("the registry of statement types", () => {
  test("holds exactly the specified types", () => {
    expect(types.toSorted()).toEqual(specified.toSorted());
    expect(isStatementType("report.forward")).toBe(true);
    expect(isStatementType("toString")).toBe(false);
  });

  test.each(types)("%s has an example that its schema reads and leaves as it is", (type) => {
    const { payload, example } = statementTypes[type];
    expect(payload.parse(JSON.parse(JSON.stringify(example)))).toMatchObject(example);
  });

  test.each(types)("%s keeps fields that it does not know, and refuses an empty payload", (type) => {
    const { payload, example } = statementTypes[type];
    expect(payload.parse({ ...example, later: { x: 1 } })).toHaveProperty("later.x", 1);
    expect(payload.safeParse({}).success).toBe(false);
  });

  test("reports never reach the secretariat, and material only investigators", () => {
    const reachSecretariat = types.filter((type) =>
      statementTypes[type].to.some((kind) => kind === "secretariat"),
    );
    expect(reachSecretariat.toSorted()).toEqual([
      "conversation.message",
      "incident.breach",
      "incident.interruption",
      "iwol.publication",
      "statistics.contribution",
    ]);
    expect(statementTypes["material.grant"].to).toEqual(["lea", "interpol"]);
  });
});
