/** The process of one member in the benchmark of envelopes: a node without desk, that its parent asks questions. */
import { bareCryptography } from "./bare.ts";
import { costOfSync, cpuOfProcess } from "./cpu.ts";
import { openMember, type Member } from "./members.ts";
import type { Answer, Question } from "./messages.ts";
import { say } from "./saying.ts";

let opened: Member | undefined;

process.on("message", (question: Question) => {
  answer(question).then(
    (value) => reply({ value }),
    (error: unknown) => reply({ error: error instanceof Error ? String(error.stack) : String(error) }),
  );
});

// The benchmark was stopped: nobody asks any more.
process.on("disconnect", () => process.exit(0));

const reply = (answer: Answer) => process.send?.(answer);

async function answer(question: Question): Promise<number> {
  switch (question.do) {
    case "start":
      return start(question.configurationFile);
    case "connect":
      return connected(member());
    case "cpu":
      return cpuOfProcess();
    case "say":
      return say(member(), question);
    case "bare":
      return costOfSync(question.envelopes, bareCryptography(question.bytes));
    case "stop":
      return stop(member());
  }
}

function member(): Member {
  if (opened) return opened;
  throw new Error("The member was not started.");
}

async function start(configurationFile: string): Promise<number> {
  opened = await openMember(configurationFile);
  // What a report does to casework is not the delivery's cost: here it is kept, receipted, and that is all.
  opened.federation.handle("report.forward", { apply: async () => undefined });
  await opened.federation.start();
  opened.jobs.start();
  return 0;
}

async function connected({ federation }: Member): Promise<number> {
  while (!(await federation.membersView()).some(({ self, connected }) => !self && connected))
    await new Promise((resolve) => setTimeout(resolve, 20));
  return 0;
}

async function stop({ federation, jobs, close }: Member): Promise<number> {
  await jobs.stop();
  await federation.stop();
  await close();
  setImmediate(() => process.disconnect?.());
  return 0;
}
