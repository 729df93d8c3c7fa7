// Installs in a process of its own, so that a test can kill it: node installer-process.mjs <options as JSON>
import { installOpenClaw } from '@aether/openclaw-process/install';

await installOpenClaw({
  ...JSON.parse(process.argv[2] ?? '{}'),
  onProgress: (message) => process.stdout.write(`${message}\n`),
});
