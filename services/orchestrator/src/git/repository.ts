import { rm, stat } from 'node:fs/promises';
import type { SimpleGit } from 'simple-git';
import { parseChanges, type Change } from './changes.js';
import { gitAt } from './git.js';

/** What a person is shown instead of work, and can do something about. */
export class RepositoryError extends Error {
  override readonly name = 'RepositoryError';

  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface MergeOrder {
  readonly branch: string;
  readonly commit: string;
  readonly message: string;
  readonly inspect?: ((merged: string) => Promise<void>) | undefined;
}

export type Merge = { readonly commit: string } | { readonly conflicts: readonly string[] };

export interface Branches {
  readonly branches: readonly string[];
  readonly defaultBranch: string | null;
}

const NO_COMMIT = '0'.repeat(40);
/** Others may move the branch meanwhile, though not often. */
const MERGE_TRIES = 5;
const DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'];

/** A git repository that missions work on: only refs and worktrees of Aether's own are added to it. */
export class Repository {
  private readonly git: SimpleGit;

  constructor(
    /** Of the repository itself, not of a worktree. */
    readonly directory: string,
    private readonly home: string,
  ) {
    this.git = gitAt(directory, home);
  }

  /** The commit a revision stands for, or null. */
  async resolve(revision: string): Promise<string | null> {
    try {
      return (
        await this.git.raw('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
      ).trim();
    } catch {
      return null;
    }
  }

  /** The commit a mission begins from: of the branch named, or of the repository's default branch. */
  async base(branch: string | null): Promise<string> {
    const name = branch ?? (await this.defaultBranch());
    // What was fetched from elsewhere is newer than the branch made when the repository was cloned.
    const commit =
      (await this.resolve(`refs/remotes/origin/${name}`)) ?? (await this.resolve(`refs/heads/${name}`));
    if (commit && (await this.git.raw('check-ref-format', `refs/heads/${name}`).then(() => true)))
      return commit;
    throw new RepositoryError(
      'branch_missing',
      `The repository has no branch "${name}" with a commit.`,
      'Name another base branch, or make a first commit.',
    );
  }

  /** Branches with a commit, the one committed to last first, without those of Aether; and the one checked out. */
  async branches(): Promise<Branches> {
    const told = await this.git.raw(
      'for-each-ref',
      '--sort=-committerdate',
      '--format=%(refname:lstrip=2)',
      'refs/heads',
    );
    const branches = told.split('\n').filter((name) => name && !name.startsWith('aether/'));
    return { branches, defaultBranch: await this.defaultBranch().catch(() => null) };
  }

  /** Makes a branch unless it is there; the commit it is at. */
  async ensureBranch(branch: string, at: string): Promise<string> {
    const ref = `refs/heads/${branch}`;
    const present = await this.resolve(ref);
    if (present) return present;
    await this.git.raw('update-ref', '-m', 'mission begins', ref, at, NO_COMMIT).catch(() => undefined);
    const made = await this.resolve(ref);
    if (made) return made;
    throw new RepositoryError(
      'repository_readonly',
      `The branch "${branch}" cannot be made in ${this.directory}.`,
      'Let the user that runs Aether write to the repository, or give its address so that it is cloned.',
    );
  }

  /** A worktree on a branch of its own. Begun and not finished before, it is made anew. */
  async addWorktree({ path, branch, from }: { path: string; branch: string; from: string }): Promise<void> {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere && (await headOf(path, this.home)) === branch) return;
    await rm(path, { recursive: true, force: true });
    await this.git.raw('worktree', 'prune');
    if (await this.resolve(`refs/heads/${branch}`)) await this.git.raw('branch', '-D', '--', branch);
    await this.git.raw('worktree', 'add', '--quiet', '--no-track', '-b', branch, path, from);
  }

  /** A repository of its own at `path` that has one branch and no files, for somebody who may not see this one. */
  async cloneBranch({ path, branch }: { path: string; branch: string }): Promise<void> {
    await rm(path, { recursive: true, force: true });
    const only = ['--no-checkout', '--no-hardlinks', '--single-branch', '--branch', branch];
    await this.git.raw('clone', '--quiet', ...only, '--', this.directory, path);
    const git = gitAt(path, this.home);
    await git.raw('remote', 'remove', 'origin');
    await git.raw('read-tree', 'HEAD');
  }

  /** Removes a worktree with its branch, whatever is in it. Nothing there is fine. */
  async removeWorktree({ path, branch }: { path: string; branch: string }): Promise<void> {
    await rm(path, { recursive: true, force: true });
    await this.git.raw('worktree', 'prune');
    if (await this.resolve(`refs/heads/${branch}`)) await this.git.raw('branch', '-D', '--', branch);
  }

  /** Points a ref of Aether's own at a commit, so that it is never lost. */
  async keep(ref: string, commit: string): Promise<void> {
    await this.git.raw('update-ref', '-m', 'kept by Aether', ref, commit);
  }

  /** Removes refs of Aether's own; those that are not there are passed over. */
  async forget(refs: readonly string[]): Promise<void> {
    for (const ref of refs) await this.git.raw('update-ref', '-d', ref);
  }

  /**
   * Merges a commit into a branch that nobody has checked out; merged before, nothing happens. `inspect` sees each
   * merge of the commit with what others have merged before the branch moves to it, and keeps it from that by throwing.
   */
  async merge({ branch, commit, message, inspect }: MergeOrder): Promise<Merge> {
    const ref = `refs/heads/${branch}`;
    for (let round = 1; ; round += 1) {
      const into = (await this.git.raw('rev-parse', '--verify', ref)).trim();
      if (await this.isAncestor(commit, into)) return { commit: into };
      const { tree, conflicts } = await this.mergeTree(into, commit);
      if (conflicts.length > 0) return { conflicts };
      const merged = (
        await this.git.raw('commit-tree', tree, '-p', into, '-p', commit, '-m', message)
      ).trim();
      if (inspect && !(await this.isAncestor(into, commit))) await inspect(merged);
      try {
        await this.git.raw('update-ref', '-m', message, ref, merged, into);
        return { commit: merged };
      } catch (error) {
        if (round === MERGE_TRIES) throw error;
      }
    }
  }

  /** Moves a branch from one commit to another, and keeps the first under `keepAs`. */
  async moveBranch({ branch, to, keepAs }: { branch: string; to: string; keepAs: string }): Promise<void> {
    const ref = `refs/heads/${branch}`;
    const from = (await this.git.raw('rev-parse', '--verify', ref)).trim();
    await this.keep(keepAs, from);
    await this.git.raw('update-ref', '-m', 'rolled back by Aether', ref, to, from);
  }

  async changes(base: string, commit: string): Promise<Change[]> {
    const names = await this.git.raw('diff', ...DIFF, '--name-status', '-z', base, commit);
    const counts = await this.git.raw('diff', ...DIFF, '--numstat', '-z', base, commit);
    return parseChanges(names, counts);
  }

  async diff({ base, commit, path }: { base: string; commit: string; path?: string }): Promise<string> {
    const only = path === undefined ? [] : ['--', `:(literal)${path}`];
    return this.git.raw('diff', ...DIFF, base, commit, ...only);
  }

  /** Everything between two commits as a patch that `git apply` takes. */
  async patch(base: string, commit: string): Promise<string> {
    return this.git.raw('diff', ...DIFF, '--binary', base, commit);
  }

  /** One line a commit, newest first. */
  async log(base: string, commit: string): Promise<string> {
    return this.git.raw('log', '--graph', '--format=%h %an: %s', '--end-of-options', `${base}..${commit}`);
  }

  private async isAncestor(commit: string, of: string): Promise<boolean> {
    const base = await this.git.raw('merge-base', commit, of).catch(() => '');
    return base.trim() === commit;
  }

  /** `merge-tree` ends with 1 where it found conflicts, which is an answer and not a fault. */
  private async mergeTree(into: string, commit: string): Promise<{ tree: string; conflicts: string[] }> {
    const git = gitAt(this.directory, this.home, (exitCode) => exitCode <= 1);
    const told = await git.raw('merge-tree', '--write-tree', '-z', '--name-only', '--messages', into, commit);
    const [tree = '', ...rest] = told.split('\0');
    const end = rest.indexOf('');
    return { tree: tree.trim(), conflicts: end < 0 ? [] : rest.slice(0, end) };
  }

  private async defaultBranch(): Promise<string> {
    const head = await this.git.raw('symbolic-ref', '--quiet', '--short', 'HEAD').catch(() => '');
    if (head.trim()) return head.trim();
    throw new RepositoryError(
      'branch_unknown',
      'The repository has no branch checked out.',
      'Name the base branch of the mission.',
    );
  }
}

async function headOf(path: string, home: string): Promise<string | null> {
  return gitAt(path, home)
    .raw('symbolic-ref', '--quiet', '--short', 'HEAD')
    .then(
      (name) => name.trim(),
      () => null,
    );
}
