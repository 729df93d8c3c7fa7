// Runs every test on real parts; arguments are passed on to jest (a path pattern, `-t name`). Ends with one line
// that machines and people read: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
/** More files than this do not fail by chance. */
const AGAIN_MAX = 5;

const asked = process.argv.slice(2);
const first = asked.length > 0 ? await run(asked) : await runAll();
const failed = first.files.filter(({ status }) => status === 'failed').map(({ name }) => name);
const isWhole = asked.length === 0 && first.isComplete;
if (isWhole && failed.length > 0 && failed.length <= AGAIN_MAX) await runAgain();
else tell(first.code, first.files);

/**
 * Browsers by themselves: Chromium gives up every request under way when a network of the machine comes or goes, as
 * those of the Docker tests' containers do.
 */
async function runAll() {
  const browsers = join(root, 'web', 'test/');
  const parts = [await run(['--testPathIgnorePatterns', browsers])];
  if (!parts[0].wasStopped) parts.push(await run(['--testPathPatterns', browsers]));
  return {
    code: parts.find(({ code }) => code !== 0)?.code ?? 0,
    files: parts.flatMap(({ files }) => files),
    // What ended otherwise than by files that failed is not made good by running those again.
    isComplete: parts.every(({ code, files, wasStopped }) => !wasStopped && (code === 0 || hasFailed(files))),
  };
}

/**
 * Browsers, databases and agents of two workers share a machine, so that a wait can run out for want of time. Files
 * that failed in a whole run are run once more with nothing beside them; that they failed at first is still said.
 */
async function runAgain() {
  const paths = failed.map((name) => relative(root, name));
  write(`Failed beside other tests, run again alone:\n${paths.map((path) => `  ${path}\n`).join('')}`);
  const second = await run(['--runInBand', '--runTestsByPath', ...paths]);
  const others = first.files.filter(({ name }) => !failed.includes(name));
  if (second.code === 0) write(`Passed alone only: ${paths.join(', ')}`);
  tell(second.code, [...others, ...second.files]);
}

function hasFailed(files) {
  return files.some(({ status }) => status === 'failed');
}

async function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'aether-jest-'));
  const outputFile = join(folder, 'results.json');
  const child = spawn(
    process.execPath,
    [...flags, jest, '--json', `--outputFile=${outputFile}`, '--forceExit', ...args],
    // The results go to the file; what a person reads, jest writes to standard error.
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] },
  );
  let wasStopped = false;
  const stop = (signal) => {
    wasStopped = true;
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  const [code, signal] = await once(child, 'exit');
  for (const name of signals) process.off(name, stop);
  const files = filesIn(outputFile);
  rmSync(folder, { recursive: true });
  return { code: code ?? 128 + constants.signals[signal], files, wasStopped };
}

function filesIn(outputFile) {
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8')).testResults;
  } catch {
    return [];
  }
}

function tell(code, files) {
  process.exitCode = code;
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const broken = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const counts = {
    passed: count('passed'),
    failed: count('failed') + broken.length,
    skipped: count('pending', 'skipped', 'todo'),
  };
  if (counts.passed + counts.failed === 0) fault('No test ran.');
  if (counts.skipped > 0 && process.env.CI === 'true') fault('A skipped test is a failure in CI.');
  write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

function fault(text) {
  write(text);
  process.exitCode ||= 1;
}

function write(text) {
  process.stdout.write(`${text}\n`);
}
