export type InstallErrorCode =
  | 'disk_full'
  | 'failed'
  | 'no_network'
  | 'no_such_version'
  | 'node_unsuitable'
  | 'not_permitted'
  | 'npm_missing';

/** Why OpenClaw could not be installed; the message says what to do about it. */
export class InstallError extends Error {
  override readonly name = 'InstallError';

  constructor(
    readonly code: InstallErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const CAUSES: readonly { code: InstallErrorCode; pattern: RegExp; remedy: string }[] = [
  {
    code: 'disk_full',
    pattern: /ENOSPC/u,
    remedy: 'The disk is full. Free some space, then try again.',
  },
  {
    code: 'no_such_version',
    pattern: /\b(?:ETARGET|E404)\b/u,
    remedy: 'The package registry does not have it. Check the version and the registry that npm is set to.',
  },
  {
    code: 'not_permitted',
    pattern: /\b(?:EACCES|EPERM|EROFS)\b/u,
    remedy: "A file may not be written. Check who owns the directory and npm's cache.",
  },
  {
    code: 'no_network',
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E5\d\d|UNABLE_TO_\w+|SELF_SIGNED_\w+)\b/u,
    remedy:
      'The package registry cannot be reached. Check the network, the proxy (HTTPS_PROXY) and the registry that npm is set to, then try again.',
  },
];

/** Explains what npm printed before it failed. */
export function explainNpmFailure(what: string, output: string): InstallError {
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  const lines = output.trim().split('\n').slice(-8).join('\n');
  const remedy = cause?.remedy ?? 'What npm printed last says why.';
  return new InstallError(cause?.code ?? 'failed', `${what} could not be installed. ${remedy}\n${lines}`);
}
