import { mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Injectable } from '@nestjs/common';
import { RepositoryError, type Repository } from '../../git/repository.js';
import { Turnstile } from '../../git/turnstile.js';
import type { AttemptRow } from '../attempt.entity.js';
import { Inheritance } from '../inheritance.js';
import { Places } from '../places.js';
import { environmentOf, runCommand } from '../run-command.js';
import { SharedCopy } from '../shared-copy.js';
import { go, type Next, type Step } from '../step.js';

/** Makes the directory the agent works in: a worktree on a branch of its own, or one with the files it builds on. */
@Injectable()
export class Prepare implements Step {
  constructor(
    private readonly places: Places,
    private readonly turnstile: Turnstile,
    private readonly inheritance: Inheritance,
    private readonly sharedCopy: SharedCopy,
  ) {}

  async run(attempt: AttemptRow, signal: AbortSignal): Promise<Next> {
    const { mission } = attempt.claimed;
    const directory = this.places.directoryOf(attempt);
    attempt.directory = this.places.agentDirectoryOf(attempt) ?? directory;
    const repository = await this.places.repositoryOf(mission);
    if (repository) await this.checkOut(attempt, repository);
    else {
      await mkdir(directory, { recursive: true });
      await this.inheritance.lay(attempt);
    }
    await this.setUp(attempt, signal);
    await this.sharedCopy.lend(attempt);
    return go('working');
  }

  private async checkOut(attempt: AttemptRow, repository: Repository): Promise<void> {
    const { mission } = attempt.claimed;
    const path = this.places.directoryOf(attempt);
    const branch = this.places.branchOf(attempt);
    attempt.branch = branch;
    await this.turnstile.pass(`repository:${repository.directory}`, async () => {
      const target = mission.branch ?? branch;
      let head = await repository.resolve(`refs/heads/${target}`);
      if (!head) {
        await this.places.repositoryOf(mission, { refresh: true });
        const base = await repository.base(mission.baseBranch);
        await repository.keep(this.places.baseRefOf(mission.id), base);
        head = await repository.ensureBranch(target, base);
      }
      await mkdir(this.places.root, { recursive: true });
      await repository.addWorktree({ path, branch, from: head });
      attempt.base = head;
    });
    const worktree = this.places.worktreeOf(attempt);
    if (mission.repository && isAbsolute(mission.repository)) await worktree.include(mission.repository);
    if (attempt.conflictingCommit) {
      await worktree.beginMerge(attempt.conflictingCommit);
      // Who clones gets both sides as a commit, with the markers in it.
      if (attempt.agent.workplace === 'clone')
        await worktree.commitAll({ author: 'Aether', message: 'Both sides, to be resolved' });
    }
  }

  private async setUp(attempt: AttemptRow, signal: AbortSignal): Promise<void> {
    const { setup, setupTimeoutS } = attempt.claimed.mission.workspace;
    if (!setup) return;
    const ended = await runCommand({
      command: setup,
      directory: this.places.directoryOf(attempt),
      environment: environmentOf(attempt),
      timeoutS: setupTimeoutS,
      signal,
    });
    if (ended.exitCode !== 0)
      throw new RepositoryError(
        'setup_failed',
        `The set-up command ${ended.timedOut ? `did not end within ${setupTimeoutS} s` : `ended with ${ended.exitCode ?? 'a signal'}`}: ${ended.output.slice(-500).trim()}`,
        'Mend the command in the settings of the mission, then resume it.',
      );
  }
}
