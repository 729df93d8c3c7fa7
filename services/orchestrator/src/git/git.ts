import { simpleGit, type SimpleGit } from 'simple-git';

/** How long git may be silent. */
const SILENT_MAX_MS = 120_000;

/**
 * Git in a directory, as Aether runs it: none of the repository's hooks, nobody's settings, no prompts. Repositories
 * of other owners are read, since a mission names them and the agents have their rights anyhow.
 */
export function gitAt(
  directory: string,
  home: string,
  succeeded: (exitCode: number) => boolean = (exitCode) => exitCode === 0,
): SimpleGit {
  return simpleGit({
    baseDir: directory,
    maxConcurrentProcesses: 4,
    timeout: { block: SILENT_MAX_MS },
    allowEnvironment: ['GIT_TERMINAL_PROMPT'],
    config: [
      'core.hooksPath=/dev/null',
      'core.fsmonitor=false',
      'commit.gpgsign=false',
      'gc.auto=0',
      'safe.directory=*',
      'user.name=Aether',
      'user.email=aether@localhost',
    ],
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
    errors: (error, { exitCode, stdErr, stdOut }) => {
      if (succeeded(exitCode)) return undefined;
      return error ?? Buffer.concat([...stdErr, ...stdOut, Buffer.from(`git ended with ${exitCode}`)]);
    },
  }).env({ HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' });
}
