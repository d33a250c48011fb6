/** `exchange`: many nodes in this process that say statements while one after another is away. */
import { simulate, type Simulated } from "../exchange.ts";
import { command } from "./command.ts";

export const exchange = command({
  summary:
    "Real nodes in one process say statements while one after another is away; each must arrive exactly once.",
  options: {
    members: { help: "nodes, at least 2", standard: "10", least: 2 },
    statements: { help: "statements in all", standard: "200", least: 1 },
    absences: { help: "how many times a node goes away and returns meanwhile", standard: "3", least: 0 },
    seed: { help: "who says what to whom, and who goes away", standard: "1" },
  },
  example: "npm run simulate -- --members 10 --statements 200",
  async run(values, { progress, say, result }) {
    const simulated = await simulate({
      members: values.count("members"),
      statements: values.count("statements"),
      absences: values.count("absences"),
      seed: values.text("seed"),
      progress,
    });
    result(simulated);
    for (const line of summary(simulated)) say(line);
    const { missing, doubled, receipted, said } = simulated;
    const whole = missing.length === 0 && doubled === 0 && receipted === said;
    say(whole ? "Everything arrived once." : "Something is missing or doubled.");
    return whole ? 0 : 1;
  },
});

function summary({ said, delivered, receipted, doubled, missing, seconds }: Simulated): string[] {
  return [
    `Said ${said}, delivered ${delivered}, receipted ${receipted}, doubled ${doubled}; ${seconds.toFixed(1)} s.`,
    ...missing.map((statement) => `Missing: ${statement}`),
  ];
}
