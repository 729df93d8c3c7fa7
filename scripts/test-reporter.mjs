/** Ends a jest run with one line that machines and people read: `N passed, N failed, N skipped`. */
export default class TestReporter {
  #skippedIsFailure = process.env.CI === 'true';
  #error;

  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (results.numPassedTests + failed === 0) this.#error = new Error('no test ran');
    if (skipped > 0 && this.#skippedIsFailure) this.#error = new Error('a skipped test is a failure in CI');
    if (this.#error) process.stdout.write(`${this.#error.message}\n`);
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }

  getLastError() {
    return this.#error;
  }
}
