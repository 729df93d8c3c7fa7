import { basename } from 'node:path/posix';
import { Readable } from 'node:stream';
import type { FilePiece } from '@aether/contracts/file-piece';
import type { RouteSpec } from '@aether/contracts/route';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readInput } from './read-input.js';

/** Whatever somebody made is shown by nobody but the program it is saved for: nothing of it runs in our pages. */
const SANDBOX = "default-src 'none'; sandbox";

/** Answers with a file as one body, of which no more than a piece is held at a time. */
@Injectable()
export class FileAnswers {
  constructor(private readonly messaging: Messaging) {}

  async answer(route: RouteSpec, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const first = await this.ask(route, request, 0);
    void reply
      .code(200)
      .header('Cache-Control', 'no-store')
      .header('Content-Type', first.mediaType)
      .header('Content-Length', first.bytes)
      .header('Content-Disposition', attachment(basename(first.name)))
      .header('Repr-Digest', `sha-256=:${Buffer.from(first.sha256, 'hex').toString('base64')}:`)
      .header('X-Content-Type-Options', 'nosniff')
      .header('Content-Security-Policy', SANDBOX);
    const body =
      request.method === 'HEAD' ? [] : this.contents(first, (from) => this.ask(route, request, from));
    return reply.send(Readable.from(body, { objectMode: false }));
  }

  private async *contents(first: FilePiece, ask: (offset: number) => Promise<FilePiece>) {
    let piece = first;
    for (;;) {
      yield Buffer.from(piece.content, 'base64');
      if (piece.nextOffset === null) return;
      piece = await ask(piece.nextOffset);
    }
  }

  private async ask(route: RouteSpec, request: FastifyRequest, offset: number): Promise<FilePiece> {
    const input = readInput(request, route.contract, { offset });
    return (await this.messaging.call(route.contract, input, request.context)) as FilePiece;
  }
}

/** RFC 6266: a plain name for old clients, the exact one for all others. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
