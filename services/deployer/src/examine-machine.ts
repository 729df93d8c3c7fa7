import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { OutputOf } from '@aether/contracts/contract';
import type { MachineFinding, machineRequests } from '@aether/contracts/machine';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from './config.js';
import { megabytes } from './megabytes.js';
import type { AgentRuntime } from './runtime.js';
import { Runtimes } from './runtimes.js';
import { thenInstead, toStepFailure } from './steps/step-error.js';
import { Templates } from './templates/templates.js';
import { CONFIG } from './tokens.js';

type Contract = typeof machineRequests.examineMachine;

const run = promisify(execFile);
const MB = 1024 * 1024;
/** OpenClaw's package and what a few agents write. */
const DISK_MIN_MB = 2_000;
/** A registry that is asked for an image may be far away or not there at all. */
const ANSWER_MAX_MS = 8_000;

/** Looks at the machine as a deploy would, before anybody deploys. */
@Injectable()
export class ExamineMachine {
  constructor(
    private readonly runtimes: Runtimes,
    private readonly templates: Templates,
    @Inject(CONFIG) private readonly config: DeployerConfig,
  ) {}

  async execute(context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:read');
    const runtimes = this.runtimes.all.map((runtime) => runtimeFinding(runtime));
    const items = await Promise.all([...runtimes, this.memory(), this.disk(), git()]);
    return { items };
  }

  private async memory(): Promise<MachineFinding> {
    const neededMb = Math.min(...(await this.templates.list()).map(({ memoryMb }) => memoryMb));
    const freeMb = Math.max(
      ...(await Promise.all(this.runtimes.all.map((each) => each.availableMemoryMb()))),
    );
    return finding('memory', {
      ok: freeMb >= neededMb,
      detail: `${megabytes(freeMb)} are free; a small agent takes ${megabytes(neededMb)}.`,
      remedy: 'End other programs, or add memory.',
    });
  }

  private async disk(): Promise<MachineFinding> {
    const { bavail, bsize } = await statfs(this.config.DATA_DIR);
    const freeMb = Math.round((bavail * bsize) / MB);
    return finding('disk', {
      ok: freeMb >= DISK_MIN_MB,
      detail: `${megabytes(freeMb)} are free for the data of agents.`,
      remedy: `Free ${megabytes(DISK_MIN_MB)} on the disk of the data directory, or move it to a larger one.`,
    });
  }
}

type Found = Pick<MachineFinding, 'ok' | 'detail'> & { readonly remedy: string };

const finding = (part: MachineFinding['part'], { ok, detail, remedy }: Found, needed = true) => ({
  part,
  ok,
  needed,
  detail,
  remedy: ok ? null : remedy,
});

async function runtimeFinding(runtime: AgentRuntime): Promise<MachineFinding> {
  const isNeeded = runtime.name === 'process';
  const answered = new AbortController();
  const signal = AbortSignal.timeout(ANSWER_MAX_MS);
  try {
    const late = delay(ANSWER_MAX_MS, null, { signal: answered.signal }).catch(() => null);
    const detail = await Promise.race([runtime.preflight({}, { signal, tell: () => undefined }), late]);
    const silent = `No answer within ${ANSWER_MAX_MS / 1_000} s.`;
    const remedy = 'Look whether it runs and whether the network lets it be asked, then look again.';
    return finding(runtime.name, { ok: detail !== null, detail: detail ?? silent, remedy }, isNeeded);
  } catch (error) {
    const { cause, remedy } = toStepFailure('preflight', error);
    const toDo = thenInstead(remedy, 'look again');
    return finding(runtime.name, { ok: false, detail: cause, remedy: toDo }, isNeeded);
  } finally {
    answered.abort();
  }
}

async function git(): Promise<MachineFinding> {
  const remedy = 'Install git (on Debian and Ubuntu: apt-get install git); missions need it.';
  try {
    const { stdout } = await run('git', ['--version'], { timeout: ANSWER_MAX_MS });
    return finding('git', { ok: true, detail: stdout.trim(), remedy }, false);
  } catch {
    return finding('git', { ok: false, detail: 'The program is not found.', remedy }, false);
  }
}
