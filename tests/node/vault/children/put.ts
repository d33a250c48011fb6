/** Stores and shreds items without end; says `put <id> <seed>` and `gone <id>` only once that is durable. */
import { pattern } from "../patterns.ts";
import { openFromArguments } from "./open.ts";

const vault = await openFromArguments();
const first = Number(process.argv[4]);
const stored: string[] = [];
for (let seed = first; ; seed++) {
  const { id } = await vault.put(pattern((seed * 7919) % 70_000, seed));
  process.stdout.write(`put ${id} ${seed}\n`);
  stored.push(id);
  if (seed % 3 !== 0) continue;
  const old = stored.shift() as string;
  process.stdout.write(`shredding ${old}\n`);
  await vault.shred(old);
  process.stdout.write(`gone ${old}\n`);
}
