import { runMain } from '@aether/runtime/main';
import { openclawBridgeService } from './service.js';

await runMain(openclawBridgeService);
