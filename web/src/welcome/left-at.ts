const KEY = 'aether-welcome';

/** The phase that this browser showed last of the first steps; null where it showed none. */
export const leftAt = (): string | null => localStorage.getItem(KEY);

export const keepLeftAt = (phase: string): void => localStorage.setItem(KEY, phase);
