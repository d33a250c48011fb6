/** Moments as days, as people enter them: in their own time zone. */

/** The day of a moment, as an input for days wants it. */
export function dateOf(at: number): string {
  const day = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The last millisecond of a day that an input for days gave. */
export const endOfDay = (day: string): number => new Date(`${day}T23:59:59.999`).getTime();

/** The first millisecond of the day of a moment. */
export const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
