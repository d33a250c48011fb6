/** `faults`: five processes on a network that a seed disturbs. */
import { startFaultFederation } from "../faults/index.ts";
import { command } from "./command.ts";

export const faults = command({
  summary:
    "Five node processes on a network with latency, cuts, silence, partitions and kill -9; in the end all must hold the same.",
  options: {
    seed: { help: "what happens, and when", standard: "1" },
    times: { help: "plays one after another, with the seeds SEED, SEED+1, …", standard: "1", least: 1 },
    seconds: { help: "of faults in each play", standard: "6", least: 1 },
  },
  example: "npm run simulate -- faults --seed 7 --times 3",
  async run(values, { progress, say, result }) {
    const federation = await startFaultFederation({ lasts: values.count("seconds") * 1000, progress });
    let kept = true;
    try {
      for (const seed of seedsFrom(values.text("seed"), values.count("times"))) {
        const { happenings } = await federation.play(seed);
        result({ seed, happenings: happenings.length, converged: true });
        say(`Seed ${seed}: ${happenings.length} happenings; everything arrived once, all hold the same.`);
      }
      kept = false;
      return 0;
    } catch (error) {
      say((error as Error).message);
      return 1;
    } finally {
      await federation.stop();
      if (!kept) await federation.remove();
    }
  },
});

/** Numbers count on; any other text is one seed, played so many times. */
function seedsFrom(seed: string, times: number): string[] {
  const first = /^\d+$/u.test(seed) ? Number(seed) : undefined;
  return Array.from({ length: times }, (_, index) => (first === undefined ? seed : String(first + index)));
}
