/** `spread`: adverts among real nodes, beside what the model says of the same federation. */
import { blockBytes, catchUp, createWorld, pushBytes, spreadBlock } from "../model/index.ts";
import { spread } from "../real/index.ts";
import { command } from "./command.ts";

export const spreadCommand = command({
  summary:
    "Adverts among real nodes on a network with injected latency; a member is cut off and returns. Beside it, the model of the same.",
  options: {
    members: { help: "nodes, at least 5", standard: "8", least: 5 },
    adverts: { help: "adverts measured one at a time", standard: "10", least: 1 },
    missed: { help: "adverts while one member is cut off", standard: "30", least: 1 },
    seed: { help: "latencies, and who publishes", standard: "1" },
  },
  example: "npm run simulate -- spread --members 20",
  async run(values, { progress, say, result }) {
    const members = values.count("members");
    const real = await spread({
      members,
      adverts: values.count("adverts"),
      missed: values.count("missed"),
      seed: values.text("seed"),
      progress,
    });
    const world = createWorld({
      members,
      seed: "the same",
      bandwidth: 1e12,
      latency: (from, to) => real.latencies[from]?.[to] ?? 0,
    });
    const modelled = real.arrivals.map(
      ({ author, member }) => spreadBlock(world, author, 0, blockBytes(1))[member] ?? 0,
    );
    const injected = real.arrivals.map((arrival) => arrival.injected);
    const { feeds, blocks, questions, bytes } = real.catchUp;
    const share = blocks / feeds;
    const model = catchUp(
      world,
      0,
      Array.from({ length: feeds }, (_, feed) =>
        Array.from({ length: Math.round(share * (feed + 1)) - Math.round(share * feed) }, () =>
          blockBytes(1),
        ),
      ),
    );
    const lines = {
      members,
      arrivalMedian: [median(injected), median(modelled)],
      arrivalLast: [Math.max(...injected), Math.max(...modelled)],
      pushBytes: [real.bytesPerPush, pushBytes(blockBytes(1))],
      catchUpQuestions: [questions, model.questions],
      catchUpBytes: [bytes, model.bytes],
    };
    result(lines);
    say("                                          nodes      model");
    const row = (name: string, [ours = 0, theirs = 0]: readonly number[]) =>
      say(`${name.padEnd(38)} ${ours.toFixed(0).padStart(8)}   ${theirs.toFixed(0).padStart(8)}`);
    row("median arrival, injected ms", lines.arrivalMedian);
    row("last arrival, injected ms", lines.arrivalLast);
    row("bytes for one advert and receiver", lines.pushBytes);
    row("questions to catch up", lines.catchUpQuestions);
    row("bytes to catch up", lines.catchUpBytes);
    return 0;
  },
});

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
