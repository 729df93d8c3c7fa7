import { v5, v7 } from 'uuid';

/** A new id: UUID version 7, so that ids sort by time of creation. */
export const newId = (): string => v7();

/** The same id for the same name within `within`, itself an id: UUID version 5. For things made once, whoever asks. */
export const namedId = (within: string, name: string): string => v5(name, within);
