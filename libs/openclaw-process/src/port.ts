import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects when something on this machine listens on the port already. */
export async function assertPortFree(port: number): Promise<void> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `Port ${port} cannot be used by the OpenClaw gateway: another program listens on it, or it is reserved. Choose another port or stop that program.`,
      { cause: error },
    );
  }
  server.close();
  await once(server, 'close');
}
