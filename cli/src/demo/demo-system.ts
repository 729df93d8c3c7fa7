import { randomBytes } from 'node:crypto';
import { Api } from '../api.js';
import type { CliConfig } from '../config.js';
import { startDetached } from '../host/detached.js';
import { readInstance, settledInstance, type Instance } from '../host/instance.js';
import { createSetupToken, isSetUp } from '../host/operator.js';
import { stopHost } from '../host/stop-host.js';
import { requireTarget } from '../sign-in.js';
import { signInByPassword } from '../start-session.js';
import type { Terminal } from '../terminal.js';
import { StageList } from '../view/stage-list.js';

const STOP_WITHIN_S = 60;

export interface DemoSystem {
  readonly api: Api;
  /** Where this command is signed in to it. */
  readonly config: CliConfig;
  /** It was started for the demo, and ends with it. */
  readonly isOwn: boolean;
  stop(): Promise<void>;
}

/** The system this command is signed in to, where it answers; else one started for the demo, with data of its own. */
export async function demoSystem(config: CliConfig, terminal: Terminal): Promise<DemoSystem> {
  const api = await signedIn(config);
  if (api) return { api, config, isOwn: false, stop: () => Promise.resolve() };
  const own: CliConfig = {
    ...config,
    dataDir: `${config.dataDir}-demo`,
    configDir: `${config.dataDir}-demo/command`,
    url: null,
    apiKey: null,
  };
  const instance = await started(own, terminal);
  return {
    api: (await signedIn(own)) ?? (await signUp(own, instance)),
    config: own,
    isOwn: true,
    stop: async () => {
      const running = await readInstance(own.dataDir);
      if (running) await stopHost(running, STOP_WITHIN_S);
    },
  };
}

async function signedIn(config: CliConfig): Promise<Api | null> {
  try {
    const api = new Api(await requireTarget(config));
    await api.call('GET /api/v1/me', {});
    return api;
  } catch {
    return null;
  }
}

async function started(config: CliConfig, terminal: Terminal): Promise<Instance> {
  const running = await settledInstance(config.dataDir);
  if (running) return running;
  const stages = new StageList(terminal);
  try {
    await startDetached(config, { report: stages.report });
  } finally {
    stages.end();
  }
  const instance = await settledInstance(config.dataDir);
  if (!instance) throw new Error('a system that has just told it is ready is gone');
  return instance;
}

/** Nobody has to know the password: the sign-in of this command is kept beside the demo's data. */
async function signUp(config: CliConfig, instance: Instance): Promise<Api> {
  const email = 'demo@aether.example';
  const password = randomBytes(24).toString('base64url');
  if (await isSetUp(instance)) throw new Error(`remove ${config.dataDir}: its sign-in is gone`);
  const token = await createSetupToken(instance);
  await new Api({ url: instance.url, apiKey: null }).call('POST /api/v1/setup', {
    token,
    email,
    password,
    name: 'Demo',
  });
  return new Api(await signInByPassword(config, { url: instance.url, email, password }));
}
