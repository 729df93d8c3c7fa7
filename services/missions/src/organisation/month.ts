/** The calendar month of a time, as `2026-11`, by UTC. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** When the month after that of a time begins. */
export const nextMonth = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
