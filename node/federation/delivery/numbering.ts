/**
 * Numbers of deliveries. On the wire they count from one in each epoch; in the store they go on, so that those of earlier
 * epochs keep their places: epoch e begins behind (e - 1) · 2^40.
 */
const EPOCH_NUMBERS = 2 ** 40;

/** The stored number before the first one of an epoch. */
export const beginOf = (epoch: number): number => (epoch - 1) * EPOCH_NUMBERS;

export const epochOfNumber = (stored: number): number => Math.floor(stored / EPOCH_NUMBERS) + 1;

/** As it stands on the wire. */
export const numberOnWire = (stored: number): number => stored % EPOCH_NUMBERS;
