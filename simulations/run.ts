/**
 * `npm run simulate`: a federation of many real nodes in this process. Each says statements to others, one after another
 * goes away and returns meanwhile, and in the end every statement must have arrived exactly once and be receipted.
 */
import { parseArgs } from "node:util";
import { simulate, type Simulated } from "./federation.ts";

const usage = `Usage: npm run simulate -- [options]

Runs a federation of real nodes in one process: every node says statements to the others, while one after another
goes away and returns. Ends with exit code 0 only if each statement arrived exactly once and its receipt came back.

Options:
  --members N      nodes, at least 2 (default 10)
  --statements N   statements in all (default 200)
  --absences N     how many times a node goes away and returns meanwhile (default 3)
  --seed TEXT      who says what to whom, and who goes away (default 1)
  --help           this text

Example:
  npm run simulate -- --members 10 --statements 200
`;

const write = (line: string) => process.stdout.write(`${line}\n`);

/** Whole numbers from `least` on; anything else is a wrong call. */
function count(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/u.test(text) && number >= least && number <= 100_000) return number;
  throw new TypeError(`--${name} takes a whole number from ${least} on.`);
}

function read() {
  const { values } = parseArgs({
    options: {
      members: { type: "string", default: "10" },
      statements: { type: "string", default: "200" },
      absences: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  return {
    help: values.help,
    members: count("members", values.members, 2),
    statements: count("statements", values.statements, 1),
    absences: count("absences", values.absences, 0),
    seed: values.seed,
  };
}

function summary({ said, delivered, receipted, doubled, missing, seconds }: Simulated): string[] {
  return [
    `Said ${said}, delivered ${delivered}, receipted ${receipted}, doubled ${doubled}; ${seconds.toFixed(1)} s.`,
    ...missing.map((statement) => `Missing: ${statement}`),
  ];
}

async function main(): Promise<number> {
  let options: ReturnType<typeof read>;
  try {
    options = read();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const result = await simulate({ ...options, progress: write });
  for (const line of summary(result)) write(line);
  const whole = result.missing.length === 0 && result.doubled === 0 && result.receipted === result.said;
  write(whole ? "Everything arrived once." : "Something is missing or doubled.");
  return whole ? 0 : 1;
}

process.exitCode = await main();
