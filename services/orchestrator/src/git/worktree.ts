import { cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { gitAt } from './git.js';
import { RepositoryError } from './repository.js';

/** The directory of one attempt, with its own branch. */
export class Worktree {
  private readonly git: SimpleGit;

  constructor(
    readonly path: string,
    private readonly home: string,
    /** Copied in for the work and never part of it. */
    private readonly included: readonly string[] = [],
  ) {
    this.git = gitAt(path, home);
  }

  /** Copies untracked files of the repository, such as `.env`; those that are not there are passed over. */
  async include(repository: string): Promise<void> {
    for (const name of this.included) {
      const inside = normalize(name);
      if (inside.startsWith('..') || inside.startsWith('/') || inside.split('/').includes('.git'))
        throw new RepositoryError(
          'include_outside',
          `"${name}" is not a file inside the repository.`,
          'Name files by their path within the repository.',
        );
      const source = join(repository, inside);
      if (!(await stat(source).catch(() => null))?.isFile()) continue;
      await mkdir(dirname(join(this.path, inside)), { recursive: true });
      await cp(source, join(this.path, inside));
    }
  }

  /**
   * Begins to merge a commit and leaves conflicts, with markers, in the files; answers their names. Begun before and
   * cut off, it is begun anew.
   */
  async beginMerge(commit: string): Promise<string[]> {
    await this.git.raw('reset', '--quiet', '--hard');
    const git = gitAt(this.path, this.home, (exitCode) => exitCode <= 1);
    await git.raw('merge', '--no-commit', '--no-ff', '--end-of-options', commit);
    const names = await this.git.raw('diff', '--name-only', '--diff-filter=U', '-z');
    return names.split('\0').filter((name) => name !== '');
  }

  /** Files that still hold markers of a conflict. */
  async markersLeft(): Promise<string[]> {
    const git = gitAt(this.path, this.home, (exitCode) => exitCode <= 1);
    const names = await git.raw('grep', '--untracked', '-lzE', '-e', '^(<{7}|>{7}) ');
    return names.split('\0').filter((name) => name !== '');
  }

  /** Commits whatever is not committed, with the agent as author; the commit the worktree is at then. */
  async commitAll({ author, message }: { author: string; message: string }): Promise<string> {
    await this.git.raw('add', '-A', '--', '.', ...this.excluding());
    const merging = await this.git.raw('rev-parse', '--verify', '--quiet', 'MERGE_HEAD').catch(() => '');
    const staged = await this.git.raw('diff', '--cached', '--name-only');
    if (merging.trim() || staged.trim()) {
      const name = author.replace(/[<>\n\r]/g, ' ').trim() || 'agent';
      await this.git.raw(
        'commit',
        '--quiet',
        '--no-verify',
        `--author=${name} <agent@aether.invalid>`,
        '-m',
        message,
      );
    }
    return (await this.git.raw('rev-parse', '--verify', 'HEAD')).trim();
  }

  /** Back to a commit, without what came after it; ignored and included files stay. */
  async restore(commit: string): Promise<void> {
    await this.git.raw('reset', '--quiet', '--hard', commit);
    await this.git.raw('clean', '-fdq', ...this.included.map((name) => `--exclude=/${normalize(name)}`));
  }

  /** Nothing is left that a commit would take. */
  async isClean(): Promise<boolean> {
    const told = await this.git.raw('status', '--porcelain', '--', '.', ...this.excluding());
    return told.trim() === '';
  }

  private excluding(): string[] {
    return this.included.map((name) => `:(exclude,literal)${normalize(name)}`);
  }
}
