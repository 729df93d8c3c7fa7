import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const README = `# The small museum

A guide that visitors get at the door. Each room has a page in \`rooms/\`; the guide is made from them.
`;

/** A repository as a person would have one: a first commit on \`main\`, nothing else. Its path. */
export async function makeSampleRepository(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aether-demo-'));
  await mkdir(join(path, 'rooms'));
  await writeFile(join(path, 'README.md'), README);
  await writeFile(join(path, 'rooms', '.gitkeep'), '');
  await git(path, 'init', '--quiet', '--initial-branch=main');
  await git(path, 'add', '.');
  await git(path, 'commit', '--quiet', '-m', 'A museum without rooms');
  return path;
}

/** The lines git prints. */
export async function git(path: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Demo', '-c', 'user.email=demo@aether.example'];
  const { stdout } = await run('git', ['-C', path, ...who, ...args]);
  return stdout.trimEnd();
}

/** In the form that the demo model plans by; a language model understands it as well. */
export const GOAL = `A guide for the small museum
- write rooms/1-entrance.md: # Entrance: leave your coat, take a map. [writing]
  check: grep -q Entrance rooms/1-entrance.md
- write rooms/2-hall.md: # Hall: forty clocks, none of them right. [writing]
  check: grep -q Hall rooms/2-hall.md
- write rooms/3-garden.md: # Garden: the sundial is always right. [writing]
  check: grep -q Garden rooms/3-garden.md
- after 1, 2 and 3, run: for room in rooms/*.md; do cat $room; echo; done > GUIDE.md [coding]
  check: test "$(grep -c '^# ' GUIDE.md)" = 3
- after 1, 2 and 3, run: ls rooms | sort > CONTENTS.txt [coding]
  check: test "$(wc -l < CONTENTS.txt)" -ge 3
- finally, run: wc -w GUIDE.md CONTENTS.txt > FIGURES.txt [coding]
  check: grep -q total FIGURES.txt`;
