import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { environment } from '@aether/testing/config';
import { sendCgiAnswer } from '../src/agent-endpoint/cgi-answer.js';

interface Pull {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string };
}

/** A git server as people have them: real git over HTTP, and the part of the API that makes pull requests. */
export class GitHost {
  readonly directory = mkdtempSync(join(tmpdir(), 'aether-git-host-'));
  readonly pulls: Pull[] = [];
  /** Paths that were asked for without the right token. */
  readonly refused: string[] = [];
  /** The next new pull request is made, but the answer is lost. */
  losesNextAnswer = false;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  private constructor(private readonly token: string) {}

  static async start(token: string): Promise<GitHost> {
    const host = new GitHost(token);
    await new Promise<void>((listening) => host.server.listen(0, '127.0.0.1', listening));
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A bare repository; the directory it is in. */
  create(owner: string, name: string, from: string): string {
    const directory = join(this.directory, owner, `${name}.git`);
    mkdirSync(join(this.directory, owner), { recursive: true });
    execFileSync('git', ['clone', '--quiet', '--bare', from, directory]);
    execFileSync('git', ['config', 'http.receivepack', 'true'], { cwd: directory });
    return directory;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    if (!this.isAllowed(request.headers.authorization)) {
      this.refused.push(pathname);
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="git"' })
        .end('{"message":"Bad credentials"}');
      return;
    }
    if (pathname.startsWith('/moved/'))
      response.writeHead(302, { location: pathname.slice(6) + search }).end();
    else if (pathname.startsWith('/api/v1/')) await this.api(pathname, request, response);
    else await this.git({ pathname, search }, request, response);
  }

  private isAllowed(given = ''): boolean {
    const [scheme, value = ''] = given.split(' ');
    return scheme === 'Basic'
      ? Buffer.from(value, 'base64').toString().split(':')[1] === this.token
      : value === this.token;
  }

  private async git(
    { pathname, search }: { pathname: string; search: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const child = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...environment,
        GIT_PROJECT_ROOT: this.directory,
        PATH_INFO: pathname,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'aether',
        REQUEST_METHOD: request.method ?? 'GET',
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(child.stdin);
    await sendCgiAnswer(child.stdout, response);
  }

  private async api(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const [, repository = '', rest] = /^\/api\/v1\/repos\/([^/]+\/[^/]+)(\/pulls)?$/.exec(path) ?? [];
    if (!rest) return send(200, { default_branch: 'main' });
    if (request.method === 'GET') return send(200, this.pulls);
    const { title, body, head, base } = JSON.parse(await text(request)) as Record<string, string>;
    const number = this.pulls.length + 1;
    const html_url = `${this.url}/${repository}/pulls/${number}`;
    const pull = { number, html_url, title, body, base: { ref: base }, head: { ref: head } } as Pull;
    if (this.pulls.some((other) => other.head.ref === pull.head.ref))
      return send(409, { message: 'pull request already exists' });
    this.pulls.push(pull);
    if (!this.losesNextAnswer) return send(201, pull);
    this.losesNextAnswer = false;
    response.destroy();
  }
}
