import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const HEADERS_MAX = 16_384;
const BETWEEN = '\r\n\r\n';

/** Sends what a CGI program (RFC 3875) says: headers, an empty line, and the body as it comes. */
export async function sendCgiAnswer(output: Readable, response: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0);
  while (!head.includes(BETWEEN)) {
    const piece = await next(output);
    if (!piece || head.length > HEADERS_MAX) {
      response.writeHead(502, { 'content-type': 'text/plain' }).end('The program gave no answer.\n');
      return;
    }
    head = Buffer.concat([head, piece]);
  }
  const end = head.indexOf(BETWEEN);
  const headers = new Headers();
  for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name && value !== undefined) headers.append(name, value);
  }
  const status = Number.parseInt(headers.get('status') ?? '200', 10);
  headers.delete('status');
  response.writeHead(status, Object.fromEntries(headers));
  response.write(head.subarray(end + BETWEEN.length));
  await pipeline(output, response);
}

async function next(output: Readable): Promise<Buffer | null> {
  for (;;) {
    const piece = output.read() as Buffer | null;
    if (piece || output.readableEnded) return piece;
    await new Promise<void>((resolve) => {
      output.once('readable', resolve);
      output.once('end', resolve);
      output.once('close', resolve);
    });
    if (output.destroyed && output.readableLength === 0) return null;
  }
}
