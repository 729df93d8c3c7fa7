import { isAbsolute } from 'node:path';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { repositoriesRequests } from '@aether/contracts/repositories';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { findRepositories } from './find-repositories.js';
import { Repositories } from './repositories.js';
import { RepositoryError } from './repository.js';

type Requests = typeof repositoriesRequests;
const BRANCHES_MAX = 200;
type Code = keyof NonNullable<Requests['inspectRepository']['errors']>;
const codes = new Set<string>(Object.keys(repositoriesRequests.inspectRepository.errors));
const isCode = (code: string): code is Code => codes.has(code);

/** What a person is shown who chooses a repository for a mission. */
@Injectable()
export class InspectRepository {
  constructor(
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    private readonly repositories: Repositories,
  ) {}

  async list(
    context: RequestContext<Requests['listRepositories']>,
  ): Promise<OutputOf<Requests['listRepositories']>> {
    requirePermission(context, 'missions:write');
    const { REPOSITORY_ROOTS: roots } = this.config;
    return { roots: [...roots], items: await findRepositories(roots) };
  }

  async inspect(
    { repository: source, baseBranch }: InputOf<Requests['inspectRepository']>,
    context: RequestContext<Requests['inspectRepository']>,
  ): Promise<OutputOf<Requests['inspectRepository']>> {
    requirePermission(context, 'missions:write');
    try {
      const { branches, defaultBranch } = isAbsolute(source)
        ? await this.local(source, baseBranch)
        : await this.repositories.askBranches(source);
      const wanted = baseBranch ?? defaultBranch;
      if (!wanted || !branches.includes(wanted))
        throw new RepositoryError(
          wanted ? 'branch_missing' : 'branch_unknown',
          wanted
            ? `The repository has no branch "${wanted}" with a commit.`
            : 'The repository has no branch checked out.',
          'Name another branch, or make a first commit.',
        );
      return { branches: branches.slice(0, BRANCHES_MAX), defaultBranch };
    } catch (error) {
      if (!(error instanceof RepositoryError) || !isCode(error.code)) throw error;
      throw context.fail(error.code, { detail: error.message, hint: error.remedy, cause: error });
    }
  }

  private async local(path: string, baseBranch: string | null) {
    const repository = await this.repositories.open(path);
    // As the mission itself would find it, also where only a remote has the branch.
    await repository.base(baseBranch);
    const { branches, defaultBranch } = await repository.branches();
    const named = baseBranch && !branches.includes(baseBranch) ? [baseBranch] : [];
    return { branches: [...branches, ...named], defaultBranch };
  }
}
