import { simpleGit, type SimpleGit } from 'simple-git';

/** How long git may be silent. */
const SILENT_MAX_MS = 120_000;

/** Settings for one call that arguments and files must not hold. */
export type GitSettings = Readonly<Record<string, string>>;

/** How many of them a call may have. */
const SETTINGS_MAX = 2;
const SETTING_NAMES = Array.from({ length: SETTINGS_MAX }, (_, at) => [
  `GIT_CONFIG_KEY_${at}`,
  `GIT_CONFIG_VALUE_${at}`,
]).flat();

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
    allowEnvironment: ['GIT_TERMINAL_PROMPT', 'GIT_CONFIG_COUNT', ...SETTING_NAMES],
    config: [
      'core.hooksPath=/dev/null',
      'core.fsmonitor=false',
      'commit.gpgsign=false',
      'gc.auto=0',
      // Where it leads was not looked at, and no token is meant for it.
      'http.followRedirects=false',
      'safe.directory=*',
      'user.name=Aether',
      'user.email=aether@localhost',
    ],
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeConfigEnvCount: true },
    errors: (error, { exitCode, stdErr, stdOut }) => {
      if (succeeded(exitCode)) return undefined;
      return error ?? Buffer.concat([...stdErr, ...stdOut, Buffer.from(`git ended with ${exitCode}`)]);
    },
  }).env(environmentOf(home));
}

/** Git with settings that go by the environment. */
export function gitWith(directory: string, home: string, settings: GitSettings): SimpleGit {
  return gitAt(directory, home).env({ ...environmentOf(home), ...settingsInEnvironment(settings) });
}

/** The variables by which git is given settings; a setting with several values is given as often. */
export function settingsInEnvironment(
  settings: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string> {
  const pairs = Object.entries(settings).flatMap(([key, value]) => [value].flat().map((each) => [key, each]));
  if (pairs.length === 0) return {};
  const variables = pairs.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return {
    GIT_CONFIG_COUNT: String(pairs.length),
    ...(Object.fromEntries(variables) as Record<string, string>),
  };
}

const environmentOf = (home: string) => ({
  HOME: home,
  PATH: '/usr/local/bin:/usr/bin:/bin',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
});
