/** Counting what has arrived from one member, so that a lost statement shows as a gap. */
import type { Inflow } from "./collections.ts";

/** Numbers remembered beyond a gap; a sender this far ahead of a lost statement has been told often enough. */
const MOST_BEYOND = 256;

export const emptyInflow: Inflow = { epoch: 0, contiguous: 0, beyond: [] };

/** The count after one more arrival. A higher epoch starts anew: the sender was restored and counts from one again. */
export function arrive(inflow: Inflow, epoch: number, sequence: number): Inflow {
  if (epoch < inflow.epoch) return inflow;
  const current = epoch > inflow.epoch ? { ...emptyInflow, epoch } : inflow;
  if (sequence <= current.contiguous || current.beyond.includes(sequence)) return current;
  const beyond = [...current.beyond, sequence].sort((a, b) => a - b);
  let contiguous = current.contiguous;
  while (beyond[0] === contiguous + 1) contiguous = beyond.shift() as number;
  return { epoch, contiguous, beyond: beyond.slice(0, MOST_BEYOND) };
}

/** Whether the member says that it has this one of our statements. */
export function hasArrived(inflow: Inflow, epoch: number, sequence: number): boolean {
  if (inflow.epoch !== epoch) return false;
  return sequence <= inflow.contiguous || inflow.beyond.includes(sequence);
}
