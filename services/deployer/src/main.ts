import { runMain } from '@aether/runtime/main';
import { deployerService } from './service.js';

await runMain(deployerService);
