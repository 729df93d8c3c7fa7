import { commonFailure } from '@aether/contracts/failure';

/** Runs what asks the store: whatever goes wrong there is `unavailable`, so that the caller may try again. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw commonFailure('unavailable', {
      detail: 'The store of artifacts cannot be reached.',
      hint: 'Try again in a moment; the settings ARTIFACTS_S3_* or the disk of the missions service may be wrong.',
      retryAfterS: 5,
      cause,
    });
  }
}
