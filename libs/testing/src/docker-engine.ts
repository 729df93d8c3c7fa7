import { execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installOpenClaw, OPENCLAW_VERSION } from '@aether/openclaw-process/install';
import { withInstallLock } from '@aether/openclaw-process/install-lock';
import { environment, openClawDirectory } from './config.js';
import { eventually } from './eventually.js';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('../../../infra/images/openclaw/build', import.meta.url));
const IMAGE = `aether/openclaw:${OPENCLAW_VERSION}`;

const DAEMON = '/usr/sbin/dockerd';

const DOCKER_SOCKET = '/var/run/docker.sock';

/**
 * True where a Docker engine answers; brings one up where this user may and none does. It stays up for the next run.
 * Without one, tests that need it are skipped, except in CI, where that is an error.
 */
export async function hasDockerEngine(): Promise<boolean> {
  if (await answers()) return true;
  if (process.getuid?.() === 0 && (await isInstalled())) {
    // It looks for iptables, which is not on the path of everybody who may start it.
    const env = { ...environment, PATH: `${environment['PATH'] ?? ''}:/usr/sbin:/sbin` };
    spawn(DAEMON, [], { detached: true, stdio: 'ignore', env }).unref();
    await eventually(
      async () => {
        if (!(await answers())) throw new Error('the Docker engine does not answer yet');
      },
      { timeoutMs: 60_000 },
    );
    return true;
  }
  if (environment['CI'])
    throw new Error(
      `No Docker engine answers at ${DOCKER_SOCKET}. Install one (on Debian: docker.io) and run the tests as root.`,
    );
  return false;
}

/** An image of OpenClaw, built from this machine's programs unless it is there: one minute. */
export async function openClawImage(): Promise<string> {
  if (await isBuilt()) return IMAGE;
  const { directory } = await installOpenClaw({ directory: openClawDirectory, environment });
  const env = { ...environment, NODE_BIN: process.execPath, OPENCLAW_PACKAGE: directory, OPENCLAW_VERSION };
  // Several test files ask at once, and one build is enough.
  await withInstallLock({ directory: openClawDirectory }, async () => {
    if (!(await isBuilt())) await run(BUILD, [IMAGE], { env });
  });
  return IMAGE;
}

async function isBuilt(): Promise<boolean> {
  const { stdout } = await run('docker', ['image', 'ls', '--quiet', IMAGE]);
  return stdout.trim() !== '';
}

async function answers(): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

async function isInstalled(): Promise<boolean> {
  return access(DAEMON).then(
    () => true,
    () => false,
  );
}
