// The only program here that runs on the machine's own Node (20 or newer), without any dependency. It installs
// what is missing, builds what changed, and hands over to Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_WANTED = 24;
const commands = {
  start: ['cli/bin/aether.mjs', 'up'],
  test: ['scripts/test.mjs'],
  bench: ['bench/dist/main.js'],
};

/** Makes the checkout ready to run: packages as the lock file says, then a build of what changed. */
export function prepare() {
  install();
  build();
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
  const stamp = join(root, 'node_modules', '.aether-lock');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step('installing packages', () => {
    const clean = npm(['ci']);
    // A registry that lacks some platform's package makes `npm ci` refuse the lock; `install` copes.
    return clean.status === 0 ? clean : npm(['install', '--no-save']);
  });
  writeFileSync(stamp, wanted);
}

function npm(args) {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  return spawnSync('npm', [...args, ...flags], { cwd: root, encoding: 'utf8' });
}

function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const changed = spawnSync(findNode(), [tsc, '-b', '--dry'], { cwd: root, encoding: 'utf8' });
  if (changed.status === 0 && !/A non-dry build would build/.test(changed.stdout)) return;
  step('building', () => spawnSync(findNode(), [tsc, '-b'], { cwd: root, encoding: 'utf8' }));
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
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) fail(`There is no "${name}" here: ${Object.keys(commands).join(', ')}.`);
  prepare();
  const [file, ...first] = command;
  handOver(join(root, file), [...first, ...args]);
}
