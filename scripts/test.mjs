// Runs every test on real parts; arguments are passed on to jest (a path pattern, `-t name`). Ends with one line
// that machines and people read: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'aether-jest-'));
const outputFile = join(folder, 'results.json');
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const own = ['--json', `--outputFile=${outputFile}`, '--forceExit'];

const run = spawn(process.execPath, [...flags, jest, ...own, ...process.argv.slice(2)], {
  cwd: root,
  // The results go to the file; what a person reads, jest writes to standard error.
  stdio: ['inherit', 'ignore', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) run.kill(signal);
  });
const [code, signal] = await once(run, 'exit');
process.exitCode = code ?? 128 + constants.signals[signal];

const results = readResults();
rmSync(folder, { recursive: true });
const skipped = results.numPendingTests + results.numTodoTests;
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
if (results.numPassedTests + failed === 0) fault('No test ran.');
if (skipped > 0 && process.env.CI === 'true') fault('A skipped test is a failure in CI.');
process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);

function fault(text) {
  process.stdout.write(`${text}\n`);
  process.exitCode ||= 1;
}

function readResults() {
  const none = {
    numPassedTests: 0,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  try {
    return { ...none, ...JSON.parse(readFileSync(outputFile, 'utf8')) };
  } catch {
    return none;
  }
}
