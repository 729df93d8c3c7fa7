// Starts a gateway and then dies without warning: node starter-process.mjs <options as JSON>
import { startGateway } from '@aether/openclaw-process/process';

const gateway = await startGateway(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(String(gateway.pid), () => process.kill(process.pid, 'SIGKILL'));
