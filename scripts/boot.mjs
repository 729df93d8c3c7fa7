// The only program here that runs on the machine's own Node (20 or newer), without any dependency. It installs
// what is missing, builds what changed, and hands over to Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consoleChange, finishConsole } from './console.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_WANTED = 24;
/** What each command needs built, and what it then runs. */
const commands = {
  start: { projects: ['cli'], console: true, run: ['cli/bin/aether.mjs', 'up'] },
  demo: { projects: ['cli'], run: ['cli/bin/aether.mjs', 'demo'] },
  console: { projects: ['libs/contracts'], console: true },
  test: { projects: ['cli', 'libs/testing'], console: true, run: ['scripts/test.mjs'] },
  bench: { projects: ['cli', 'bench'], run: ['bench/dist/main.js'] },
  'bench:console': { projects: ['cli', 'bench'], console: true, run: ['bench/dist/console.js'] },
  'bench:models': { projects: ['cli', 'bench'], run: ['bench/dist/models.js'] },
  'bench:missions': { projects: ['cli', 'bench'], run: ['bench/dist/missions.js'] },
  exec: { projects: ['cli'], run: [] },
  prepare: { projects: ['.'] },
};

/** Makes the checkout ready to run: packages as the lock file says, then a build of what changed. */
export function prepare(projects = commands.start.projects) {
  install();
  build(projects.map((folder) => join(root, folder)));
}

/** The Node to run on: the one among the packages, or the present one where it is new enough. */
export function findNode() {
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= NODE_WANTED) return process.execPath;
  return fail(
    `Aether needs Node ${NODE_WANTED}, and there is no packaged one for ${process.platform}-${process.arch}.`,
    `Install Node ${NODE_WANTED} and start again.`,
  );
}

/** The environment of everything started from here: the packages' programs, Node 24 among them, come first. */
export function environment() {
  const path = [dirname(findNode()), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path };
}

function install() {
  const lockFile = join(root, 'package-lock.json');
  const stamp = join(root, 'node_modules', '.aether-lock');
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // npm writes its own copy of the lock last: when that is newer, somebody has installed by hand.
  const npmLock = join(root, 'node_modules', '.package-lock.json');
  const byHand = existsSync(npmLock) && statSync(npmLock).mtimeMs > statSync(lockFile).mtimeMs;
  if (!byHand)
    step('installing packages', () => {
      const clean = npm(['ci']);
      // A registry that lacks some platform's package makes `npm ci` refuse the lock; `install` copes.
      return clean.status === 0 ? clean : npm(['install', '--no-save']);
    });
  writeFileSync(stamp, wanted);
}

function npm(args) {
  return capture('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error']);
}

function build(projects) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const changed = capture(findNode(), [tsc, '-b', '--dry', ...projects]);
  if (changed.status === 0 && !changed.stdout.includes('A non-dry build would build')) return;
  step('building', () => capture(findNode(), [tsc, '-b', ...projects]));
}

function buildConsole() {
  const stamp = consoleChange(root);
  if (!stamp) return;
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  step('building the console', () => capture(findNode(), [next, 'build', 'web']));
  finishConsole(root, stamp);
}

function capture(program, args) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  return spawnSync(program, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

function step(title, work) {
  process.stderr.write(`aether: ${title} …`);
  const begun = Date.now();
  const result = work();
  if (result.status === 0) {
    process.stderr.write(` ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    return;
  }
  const log = join(root, '.cache', `${title.replaceAll(' ', '-')}.log`);
  mkdirSync(dirname(log), { recursive: true });
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  writeFileSync(log, said);
  process.stderr.write(' failed\n');
  fail(said.trimEnd().split('\n').slice(-20).join('\n'), `The whole output is in ${log}.`);
}

function fail(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

/** Runs a program on Node 24 in place of this process: same terminal, signals passed on, same exit code. */
export function handOver(file, args) {
  const child = spawn(findNode(), [file, ...args], { stdio: 'inherit', env: environment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.once('error', (error) => fail(`Cannot run ${findNode()}: ${error.message}`));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) fail(`There is no "${name}" here: ${Object.keys(commands).join(', ')}.`);
  prepare(command.projects);
  if (command.console) buildConsole();
  if (command.run) {
    const [file, ...rest] = [...command.run, ...args];
    if (!file) fail('Name the file to run: exec <file> [arguments].');
    handOver(resolve(root, file), rest);
  }
}
