import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Proxy {
  readonly url: string;
  /** Header lines that the next upgrades get, as a proxy adds them. */
  headers: readonly string[];
  stop(): Promise<void>;
}

/** An address of this machine that is not loopback: who connects from it is remote to a gateway. */
export function addressOfThisMachine(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (!found) throw new Error('This machine has no address but loopback.');
  return found.address;
}

/** Passes connections on to a port at `host`, so that what listens there sees them come from that address. */
export async function startProxy(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const proxy = { headers: [] as readonly string[] };
  const server = createServer((client) => {
    const target = connect(port, host);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => client.destroy());
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.once('data', (head: Buffer) => {
      target.write(withHeaders(head, proxy.headers));
      client.pipe(target);
    });
    target.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

/** Adds lines after the request line; the head of an upgrade comes in one piece. */
function withHeaders(head: Buffer, lines: readonly string[]): Buffer {
  const end = head.indexOf('\r\n') + 2;
  const added = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  return Buffer.concat([head.subarray(0, end), added, head.subarray(end)]);
}
