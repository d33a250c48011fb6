/** What a node clears away by itself: expired sessions and request keys each hour, and at the start what a crash left in the vault. */
import type { Clock, Log } from "./telemetry/index.ts";
import type { Vault } from "./vault/index.ts";

const hour = 3_600_000;

/** Does the chores now and every hour. Returns how to stop. */
export function startHousekeeping(
  clock: Clock,
  log: Log,
  chores: readonly (() => Promise<void>)[],
): () => void {
  let cancel: () => void = () => undefined;
  const round = () => {
    for (const chore of chores) chore().catch((error: unknown) => log.warn({ error }, "housekeeping failed"));
    cancel = clock.after(hour, round);
  };
  round();
  return () => cancel();
}

/** Removes from the vault what nothing refers to: left by a crash between storing and committing. */
export async function sweepVault(vault: Vault, known: AsyncIterable<string>): Promise<void> {
  await vault.sweep(new Set(await Array.fromAsync(known)));
}
