/** `wardline jurisdictions`: checks files of law and routing before a start, and says what each country's file means. */
import type { Command } from "commander";
import { createJurisdictions, type Jurisdiction } from "../jurisdiction/index.ts";
import { say } from "./terminal.ts";

export function addJurisdictions(program: Command): void {
  program
    .command("jurisdictions")
    .description("Check the files of national law and routing, and say who is competent by them.")
    .option("--folder <folder>", "with jurisdictions/, vocabularies/ and mappings/; left out: what ships")
    .addHelpText("after", "\nExample:\n  wardline jurisdictions --folder /etc/wardline/data")
    .action(({ folder }: { folder?: string }) => {
      for (const one of createJurisdictions(folder).all()) say(...described(one));
    });
}

function* described(law: Jurisdiction): Generator<string> {
  const { country, name, verified, verifiedBy, illegal, national, competent, orphan, police } = law;
  yield `${country} ${name}: ${verified ? `verified by ${verifiedBy ?? "a person"}` : "not verified by anybody"}`;
  yield `  may be acted on: ${illegal.join(", ") || "nothing"}; ${national.length} rules`;
  for (const { member, verdicts = [], flags = [] } of competent) {
    const subject = [...verdicts, ...flags].join(", ");
    yield `  competent: ${member}${subject === "" ? "" : ` for ${subject}`}`;
  }
  if (orphan.length > 0) yield `  mandate while it has no hotline: ${orphan.join(", ")}`;
  yield `  its police: ${police === "direct" ? "told themselves, else through INTERPOL" : "through INTERPOL only"}`;
}
