/**
 * The epoch of this node's feeds, log and sequences. A node that was restored and cannot go on where it was opens the next
 * one: what it signs from there contradicts nothing that it signed and forgot.
 */
import type { Unit } from "../commit/index.ts";
import { defineCollection, type Reader } from "../store/index.ts";

/** One record; none in the first epoch. `told`: the log and the feeds say that it was opened. */
const epochs = defineCollection<{ readonly epoch: number; readonly told: boolean }>("federation.epoch");

const FIRST = 1;

export async function epochOf(reader: Reader): Promise<number> {
  return (await reader.get(epochs))?.epoch ?? FIRST;
}

export function beginEpoch(unit: Unit, epoch: number): void {
  unit.put(epochs, [], { epoch, told: false });
}

/** Whether log and feeds are still to be told of the epoch; from here on they are. */
export async function tellEpochOnce(unit: Unit): Promise<boolean> {
  const row = await unit.get(epochs);
  if (!row || row.told) return false;
  unit.put(epochs, [], { ...row, told: true });
  return true;
}

/** An epoch was opened and the node has not run in it yet. */
export async function isEpochFresh(reader: Reader): Promise<boolean> {
  return (await reader.get(epochs))?.told === false;
}
