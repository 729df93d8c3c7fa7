import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';

test('returns what the assertion returned once it passes', async () => {
  let attempts = 0;
  const assertion = () => {
    attempts += 1;
    if (attempts < 3) throw new Error(`attempt ${attempts}`);
    return attempts;
  };
  await expect(eventually(assertion, { intervalMs: 1 })).resolves.toBe(3);
});

test('throws the last error when the time is over', async () => {
  const assertion = () => Promise.reject(new Error('still wrong'));
  await expect(eventually(assertion, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow('still wrong');
});
