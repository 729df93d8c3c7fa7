import { join, resolve } from 'node:path';
import type { Mission } from '@aether/contracts/mission-schemas';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { Repositories } from '../git/repositories.js';
import type { Repository } from '../git/repository.js';
import { Worktree } from '../git/worktree.js';
import type { AttemptRow } from './attempt.entity.js';

/** Where attempts work and under which names their work is kept. */
@Injectable()
export class Places {
  readonly root: string;
  /** HOME of git's own settings. */
  readonly gitHome: string;
  private readonly sharedRoot: string;
  private readonly endpoint: string;

  constructor(
    @Inject(CONFIG) config: OrchestratorConfig,
    private readonly repositories: Repositories,
  ) {
    this.root = resolve(config.DATA_DIR, 'workspaces');
    this.sharedRoot = resolve(config.DATA_DIR, 'shared');
    this.gitHome = repositories.home;
    const { AGENT_ENDPOINT_URL: url, AGENT_ENDPOINT_PORT: port } = config;
    this.endpoint = url ?? `http://127.0.0.1:${port}`;
  }

  /** Where Aether works on it: a worktree, or an empty directory. */
  directoryOf(attempt: AttemptRow): string {
    return join(this.root, attempt.id);
  }

  /** What an agent in a container works on instead: its container sees the folder of its deployment. Else null. */
  sharedCopyOf({ id, agent }: AttemptRow): string | null {
    return agent.workplace === 'copy' ? join(this.sharedRoot, agent.deploymentId, id) : null;
  }

  /** Where the agent works, as it sees it; null for one on another machine. */
  agentDirectoryOf(attempt: AttemptRow): string | null {
    if (attempt.agent.workplace === 'clone') return null;
    return this.sharedCopyOf(attempt) ?? this.directoryOf(attempt);
  }

  /** Beside the mission's branch, not below it: git cannot have both. */
  branchOf(attempt: AttemptRow): string {
    return `aether/${attempt.missionId.slice(-12)}-${attempt.shortId}`;
  }

  /** Where an agent that shares no files with Aether clones its branch from and pushes it to. */
  cloneUrlOf({ id, token }: AttemptRow): string {
    const url = new URL(`${this.endpoint}/git/${id}`);
    url.username = 'task';
    url.password = token;
    return url.href;
  }

  rescueRefOf(attempt: AttemptRow): string {
    return `refs/aether/rescue/${attempt.id}`;
  }

  /** Where the mission's branch began. */
  baseRefOf(missionId: string): string {
    return `refs/aether/base/${missionId}`;
  }

  /** Null for a mission without a repository. */
  async repositoryOf(mission: Mission, options?: { refresh: boolean }): Promise<Repository | null> {
    return mission.repository === null ? null : this.repositories.open(mission.repository, options);
  }

  worktreeOf(attempt: AttemptRow): Worktree {
    const { include } = attempt.claimed.mission.workspace;
    return new Worktree(this.directoryOf(attempt), this.repositories.home, include);
  }
}
