import { processEnvironment } from '@aether/runtime/config';
import { stopOnSignal } from '@aether/runtime/main';
import { startGateway } from './service.js';

try {
  stopOnSignal(await startGateway(processEnvironment()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
