import type { TestServersHost } from './test-servers.js';

declare global {
  var aetherTestServers: TestServersHost | undefined;
}

/** Jest calls this once after a run. */
export default async function tearDown(): Promise<void> {
  await globalThis.aetherTestServers?.stop();
}
