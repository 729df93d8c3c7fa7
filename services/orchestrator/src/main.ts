import { runMain } from '@aether/runtime/main';
import { orchestratorService } from './service.js';

await runMain(orchestratorService);
