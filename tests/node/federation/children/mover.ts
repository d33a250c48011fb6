/**
 * A node in a process of its own that gives or takes granted material, to be killed. Line by line on standard input it is
 * told what to do. Every range that it gives is on disk in `given` before it is given: how often each byte was sent.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sequencePieces } from "../../../support/pieces.ts";
import { arrivals, startReceiver } from "../granting.ts";
import { newId, type Place } from "../support.ts";

interface Told {
  readonly place: Place;
  readonly settings?: Record<string, unknown>;
}

const { place, settings } = JSON.parse(process.argv[2] ?? "") as Told;
const tell = (line: string) => process.stdout.write(`${line}\n`);

const { node, view, ended } = await startReceiver(place, { ...(settings && { settings }) });
const { vault, commit, federation } = node;
const { grantRange } = vault;
Object.assign(vault, {
  grantRange: (...asked: Parameters<typeof grantRange>) => {
    const [, , offset, length] = asked;
    appendFileSync(join(place.folder, "given"), `${offset} ${length}\n`);
    return grantRange(...asked);
  },
});
tell("ready");

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...told] = line.split(" ");
  if (command === "grant") await grant(told[0] ?? "", Number(told[1]));
  if (command === "begin") await begin(told[0] ?? "", told.slice(1).join(" "));
  if (command === "view") tell(`view ${await look(told[0] ?? "")}`);
  if (command === "stop") {
    await node.stop();
    process.exit(0);
  }
}

async function grant(to: string, size: number): Promise<void> {
  const item = await vault.put(sequencePieces(size));
  const id = newId();
  const expires = Date.now() + 86_400_000;
  await commit.run((unit) => federation.material.offer(unit, { grant: id, item: item.id, to, expires }));
  const key = Buffer.from(await vault.grantKey(item.id, id)).toString("hex");
  const sealedBytes = await vault.grantSize(item.id);
  tell(`granted ${JSON.stringify({ id, key, sha256: item.sha256, bytes: size, sealedBytes })}`);
}

async function begin(from: string, told: string): Promise<void> {
  const said = JSON.parse(told) as {
    id: string;
    key: string;
    sha256: string;
    bytes: number;
    sealedBytes: number;
  };
  const grant = { ...said, key: Uint8Array.from(Buffer.from(said.key, "hex")) };
  const expires = Date.now() + 86_400_000;
  await commit.run((unit) =>
    federation.material.transfers.begin(unit, { id: said.id, from, grant, expires }),
  );
  tell("begun");
}

async function look(id: string): Promise<string> {
  const arrival = await commit.get(arrivals, id);
  if (arrival) return JSON.stringify({ arrived: await vault.size(arrival.item) });
  if (ended.has(id)) return JSON.stringify({ ended: ended.get(id) });
  return JSON.stringify((await view(id)) ?? {});
}
