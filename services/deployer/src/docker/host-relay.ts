import { createServer, connect, type Server } from 'node:net';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { HOST_NAME } from './container-spec.js';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Lets containers reach endpoints that listen on the loopback address only: passes on what arrives at the same port of
 * the engine's bridge. The endpoints ask every caller for a key or token all the same.
 */
export class HostRelay {
  private readonly servers = new Map<number, Promise<Server | null>>();

  constructor(private readonly bridgeAddress: () => Promise<string | null>) {}

  /** The endpoint's address as containers see it. */
  address(given: string): string {
    const url = new URL(given);
    if (LOOPBACK.includes(url.hostname)) url.hostname = HOST_NAME;
    return url.href.replace(/\/$/u, '');
  }

  /** Makes the endpoint reachable, if it is not. */
  async ensure(given: string): Promise<void> {
    const { hostname, port, protocol } = new URL(given);
    if (!LOOPBACK.includes(hostname)) return;
    const number = Number(port || (protocol === 'https:' ? 443 : 80));
    let server = this.servers.get(number);
    if (!server) {
      server = this.listen(number);
      this.servers.set(number, server);
      server.catch(() => this.servers.delete(number));
    }
    await server;
  }

  async close(): Promise<void> {
    for (const server of this.servers.values()) (await server.catch(() => null))?.close();
    this.servers.clear();
  }

  private async listen(port: number): Promise<Server | null> {
    const host = await this.bridgeAddress();
    if (!host) return null;
    const server = createServer((incoming) => {
      const outgoing = connect(port, '127.0.0.1');
      // Either side may end at any time; the other one is then ended too.
      const forth = pipeline(incoming, outgoing);
      const back = pipeline(outgoing, incoming);
      void Promise.allSettled([forth, back]);
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      // The endpoint itself listens there, or another instance passes on.
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null;
      throw error;
    }
    // Nothing waits for it: what it serves are other programs.
    server.unref();
    return server;
  }
}
