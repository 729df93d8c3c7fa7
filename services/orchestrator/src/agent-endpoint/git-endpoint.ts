import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { Places } from '../attempts/places.js';
import { settingsInEnvironment } from '../git/git.js';
import { LOGGER } from '../tokens.js';
import { sendCgiAnswer } from './cgi-answer.js';

const BUSY_MAX_MS = 300_000;
const PUSH_BYTES_MAX = String(1024 ** 3);

/**
 * Git over HTTP for agents that share no files with Aether: an attempt's branch, and nothing else of its repository,
 * can be cloned and pushed to with the attempt's token as password. A push arrives in the attempt's worktree.
 */
@Injectable()
export class GitEndpoint {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly places: Places,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `path` and `query` are what follows the name of the repository. */
  async serve(
    { id, path, query }: { id: string; path: string; query: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const attempt = await this.attempts.atWork(passwordOf(request));
    if (attempt?.id !== id || !attempt.branch) return refuse(response);
    const repository = await this.places.repositoryOf(attempt.claimed.mission);
    if (!repository) return refuse(response);
    const { directory } = repository;
    const child = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: BUSY_MAX_MS,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: this.places.gitHome,
        GIT_PROJECT_ROOT: dirname(directory),
        PATH_INFO: `/${basename(directory)}${path}`,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'agent',
        REMOTE_ADDR: request.socket.remoteAddress ?? '',
        REQUEST_METHOD: request.method ?? 'GET',
        QUERY_STRING: query,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        ...settingsInEnvironment({
          'safe.directory': '*',
          'core.hooksPath': '/dev/null',
          'http.receivepack': 'true',
          'receive.denyCurrentBranch': 'updateInstead',
          'receive.denyNonFastForwards': 'true',
          'receive.denyDeletes': 'true',
          'receive.autogc': 'false',
          'receive.maxInputSize': PUSH_BYTES_MAX,
          'receive.fsckObjects': 'true',
          'transfer.hideRefs': ['refs', `!refs/heads/${attempt.branch}`],
        }),
      },
    });
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (piece: Buffer) =>
      this.logger.info({ attemptId: id, git: piece.toString().trim() }, 'git says about an agent’s request'),
    );
    child.once('error', () => response.destroy());
    response.once('close', () => child.kill());
    request.pipe(child.stdin);
    await sendCgiAnswer(child.stdout, response);
  }
}

function passwordOf({ headers }: IncomingMessage): string {
  const [, given = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return Buffer.from(given, 'base64').toString().split(':').slice(1).join(':');
}

function refuse(response: ServerResponse): void {
  response
    .writeHead(401, { 'www-authenticate': 'Basic realm="Aether task"', 'content-type': 'text/plain' })
    .end('This is not the task token of an attempt that is at work.\n');
}
