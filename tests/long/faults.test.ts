/** A hundred fault schedules on federations of five processes; each play prints its seed and how to repeat it when it fails. */
import { expect, test } from "vitest";
import { startFaultFederation } from "../../simulations/faults/index.ts";
import { ledgerProblem } from "../endtoend/support.ts";

/** A federation plays so many, one after another: starting five processes takes as long as a play. */
const playsEach = 25;

test.each([1, 26, 51, 76])("seeds from %i on", async (first) => {
  const federation = await startFaultFederation({ lasts: 6000 });
  const seeds = Array.from({ length: playsEach }, (_, index) => String(first + index));
  for (const seed of seeds) await federation.play(seed);
  await federation.stop();
  const { nodes, files } = federation.members;
  for (const node of nodes) expect(await ledgerProblem(node, files.federationId)).toBeUndefined();
  await federation.remove();
});
