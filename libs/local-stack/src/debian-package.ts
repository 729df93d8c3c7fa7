import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Newest first. The program is linked statically enough to run on every Debian since 12. */
const SUITES = ['sid', 'trixie'] as const;

/**
 * Takes the nats-server program out of Debian's package, as any user and without installing anything: apt
 * works in folders of its own, from the mirror that this machine's own sources name, with its signature checks.
 */
export async function debianNatsServer({
  cacheDir,
  target,
}: {
  cacheDir: string;
  target: string;
}): Promise<void> {
  const mirror = await debianMirror();
  const own = await ownSuite();
  const faults: string[] = [];
  for (const suite of [...SUITES, ...(own ? [own] : [])]) {
    const work = await mkdtemp(join(tmpdir(), 'aether-nats-'));
    try {
      await chmod(work, 0o755);
      const extracted = await fetchPackage({ mirror, suite, work });
      await mkdir(cacheDir, { recursive: true });
      const partial = `${target}.${process.pid}`;
      await copyFile(join(extracted, 'usr/sbin/nats-server'), partial);
      await chmod(partial, 0o755);
      await rename(partial, target);
      return;
    } catch (error) {
      faults.push(`${suite}: ${lastLine(error)}`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new Error(faults.join('; '));
}

async function fetchPackage(from: { mirror: string; suite: string; work: string }): Promise<string> {
  const { mirror, suite, work } = from;
  const folders = ['lists/partial', 'cache/archives/partial', 'parts', 'out'];
  for (const folder of folders) await mkdir(join(work, folder), { recursive: true });
  const keys = (await isReadable(KEYRING)) ? `[signed-by=${KEYRING}] ` : '';
  await writeFile(join(work, 'sources.list'), `deb ${keys}${mirror} ${suite} main\n`);
  await writeFile(join(work, 'status'), '');
  const options = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': join(work, 'parts'),
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const settings = { cwd: work, timeout: 180_000 };
  await run('apt-get', [...flags, 'update', '--error-on=any'], settings);
  await run('apt-get', [...flags, 'download', 'nats-server'], settings);
  const [file] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
  if (!file) throw new Error('apt-get downloaded nothing');
  await run('dpkg-deb', ['-x', join(work, file), join(work, 'out')]);
  return join(work, 'out');
}

/** The archive's address from the machine's sources, in the one-line or the deb822 format. */
async function debianMirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+\/debian(?:\/|\.list)?)(?=\s|$)/m.exec(text);
    if (found?.[1]) return found[1];
  }
  throw new Error('this machine names no Debian archive');
}

async function ownSuite(): Promise<string | null> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? null;
}

async function isReadable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').at(-1) ?? '';
}
