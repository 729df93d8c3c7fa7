/** Codes of failures that pass by themselves, as while a part restarts: who asked may ask the same again. */
export const passingCodes: ReadonlySet<string> = new Set([
  'unavailable',
  'overloaded',
  'timeout',
  'internal',
]);
