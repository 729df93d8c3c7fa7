import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Repository } from '../src/git/repository.js';
import { Worktree } from '../src/git/worktree.js';

let root: string;
let path: string;
let repository: Repository;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org', ...args], {
    cwd: path,
    encoding: 'utf8',
  }).trim();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aether-git-'));
  path = join(root, 'repository');
  execFileSync('git', ['init', '--quiet', '-b', 'main', path]);
  writeFileSync(join(path, 'a.txt'), 'a\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  repository = new Repository(join(path, '.git'), root);
});
afterEach(() => {
  expect(git('fsck', '--strict', '--no-dangling')).toBe('');
  rmSync(root, { recursive: true, force: true });
});

/** Work on a branch of its own, committed. */
async function work(name: string, files: Record<string, string>, from: string): Promise<string> {
  const worktree = { path: join(root, name), branch: `aether/m-${name}` };
  await repository.addWorktree({ ...worktree, from });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(worktree.path, file), text);
  const commit = await new Worktree(worktree.path, root).commitAll({ author: 'Ann', message: name });
  await repository.keep(`refs/aether/rescue/${name}`, commit);
  await repository.removeWorktree(worktree);
  return commit;
}

describe('worktrees', () => {
  test('hold work apart, and leave the branch that a person has checked out alone', async () => {
    const base = await repository.base(null);
    const [one, two] = await Promise.all([
      work('one', { 'one.txt': '1\n' }, base),
      work('two', { 'two.txt': '2\n' }, base),
    ]);
    expect(await repository.changes(base, one)).toEqual([
      { path: 'one.txt', status: 'added', additions: 1, deletions: 0 },
    ]);
    expect(git('log', '-1', '--format=%an <%ae>', two)).toBe('Ann <agent@aether.invalid>');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('branch', '--list')).toBe('* main');
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('are made anew where a crash left half of one', async () => {
    const base = await repository.base('main');
    const worktree = { path: join(root, 'half'), branch: 'aether/m-half' };
    await repository.addWorktree({ ...worktree, from: base });
    rmSync(join(worktree.path, '.git'));
    await repository.addWorktree({ ...worktree, from: base });
    expect(readFileSync(join(worktree.path, 'a.txt'), 'utf8')).toBe('a\n');
    await repository.removeWorktree(worktree);
  });

  test('take included files along and never commit them', async () => {
    writeFileSync(join(path, '.env'), 'SECRET=1\n');
    const base = await repository.base(null);
    const where = { path: join(root, 'env'), branch: 'aether/m-env' };
    await repository.addWorktree({ ...where, from: base });
    const worktree = new Worktree(where.path, root, ['.env', 'absent.txt']);
    await worktree.include(path);
    expect(existsSync(join(where.path, '.env'))).toBe(true);
    writeFileSync(join(where.path, 'b.txt'), 'b\n');
    const commit = await worktree.commitAll({ author: 'Ann', message: 'work' });
    expect((await repository.changes(base, commit)).map((change) => change.path)).toEqual(['b.txt']);
    expect(await worktree.isClean()).toBe(true);
    await repository.removeWorktree(where);
  });

  test.each(['../outside', '/etc/passwd', '.git/config', 'a/../../b'])(
    'refuse to include %s',
    async (name) => {
      await expect(new Worktree(root, root, [name]).include(path)).rejects.toMatchObject({
        code: 'include_outside',
      });
    },
  );

  test('run none of the hooks of the repository', async () => {
    for (const hook of ['post-checkout', 'pre-commit', 'post-commit', 'reference-transaction'])
      writeFileSync(join(path, '.git', 'hooks', hook), `#!/bin/sh\necho ran > ${root}/hooked\n`, {
        mode: 0o755,
      });
    await work('hooked-work', { 'h.txt': 'h\n' }, await repository.base(null));
    expect(existsSync(join(root, 'hooked'))).toBe(false);
    for (const hook of ['post-checkout', 'pre-commit', 'post-commit', 'reference-transaction'])
      rmSync(join(path, '.git', 'hooks', hook));
  });
});

describe('merges', () => {
  const branch = 'aether/m';

  test('bring work together without a checkout, once', async () => {
    const base = await repository.base(null);
    await repository.ensureBranch(branch, base);
    const commits = await Promise.all(
      ['one', 'two', 'three'].map((name) => work(name, { [`${name}.txt`]: `${name}\n` }, base)),
    );
    const merges = await Promise.all(
      commits.map((commit) => repository.merge({ branch, commit, message: `Merge ${commit}` })),
    );
    expect(merges.every((merge) => 'commit' in merge)).toBe(true);
    const head = git('rev-parse', branch);
    expect(await repository.merge({ branch, commit: commits[0] as string, message: 'again' })).toEqual({
      commit: head,
    });
    expect(git('ls-tree', '--name-only', branch).split('\n')).toEqual([
      'a.txt',
      'one.txt',
      'three.txt',
      'two.txt',
    ]);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('tell conflicting files and move nothing; the next worktree has both sides', async () => {
    const base = await repository.base(null);
    await repository.ensureBranch(branch, base);
    const one = await work('one', { 'a.txt': 'one\n' }, base);
    const two = await work('two', { 'a.txt': 'two\n' }, base);
    await repository.merge({ branch, commit: one, message: 'one' });
    const head = git('rev-parse', branch);
    expect(await repository.merge({ branch, commit: two, message: 'two' })).toEqual({ conflicts: ['a.txt'] });
    expect(git('rev-parse', branch)).toBe(head);

    const where = { path: join(root, 'both'), branch: 'aether/m-both' };
    await repository.addWorktree({ ...where, from: head });
    const worktree = new Worktree(where.path, root);
    expect(await worktree.beginMerge(two)).toEqual(['a.txt']);
    // A crash may have followed.
    expect(await worktree.beginMerge(two)).toEqual(['a.txt']);
    expect(readFileSync(join(where.path, 'a.txt'), 'utf8')).toContain('<<<<<<<');
    expect(await worktree.markersLeft()).toEqual(['a.txt']);
    writeFileSync(join(where.path, 'a.txt'), 'one and two\n');
    expect(await worktree.markersLeft()).toEqual([]);
    const both = await worktree.commitAll({ author: 'Ann', message: 'both' });
    expect(await repository.merge({ branch, commit: both, message: 'both' })).toHaveProperty('commit');
    await repository.removeWorktree(where);
  });

  test('are taken back as a whole, and kept under a ref', async () => {
    const base = await repository.base(null);
    await repository.ensureBranch(branch, base);
    await repository.merge({ branch, commit: await work('one', { 'one.txt': '1\n' }, base), message: 'one' });
    const merged = git('rev-parse', branch);
    await repository.moveBranch({ branch, to: base, keepAs: 'refs/aether/rollback/m-1' });
    expect(git('rev-parse', branch)).toBe(base);
    expect(git('rev-parse', 'refs/aether/rollback/m-1')).toBe(merged);
  });
});

test('a name that looks like an option or a revision is no branch', async () => {
  for (const name of ['--output=/tmp/x', 'main~1', '..', 'no such'])
    await expect(repository.base(name)).rejects.toMatchObject({ code: 'branch_missing' });
});
