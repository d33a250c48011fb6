/**
 * A node in a process of its own, to be killed. Line by line on standard input it is told what to say; it answers `said`
 * once that is on disk. Every effect of a received statement is counted in the store.
 */
import { createInterface } from "node:readline";
import { applied, counting } from "../counting.ts";
import { startNode, type Place } from "../support.ts";

const place = JSON.parse(process.argv[2] ?? "") as Place;
const node = await startNode(place, { prepare: counting });
const tell = (line: string) => process.stdout.write(`${line}\n`);
tell("ready");

for await (const line of createInterface({ input: process.stdin })) {
  const [command, to = "", count = "1"] = line.split(" ");
  if (command === "say") await Promise.all(Array.from({ length: Number(count) }, () => say(to)));
  if (command === "waiting") {
    const waiting = (await node.federation.membersView()).reduce((sum, member) => sum + member.waiting, 0);
    tell(`waiting ${waiting} ${await node.commit.count(applied)}`);
  }
  if (command === "stop") {
    await node.stop();
    process.exit(0);
  }
}

async function say(to: string): Promise<void> {
  const payload = { conversation: "00".repeat(16), pseudonym: "p", text: "x".repeat(1000) };
  const id = await node.commit.run((unit) =>
    node.federation.say(unit, { type: "conversation.message", to: [to], payload, about: "11".repeat(16) }),
  );
  tell(`said ${id}`);
}
