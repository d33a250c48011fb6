/** Days as the commands print them. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
