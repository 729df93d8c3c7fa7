import { runMain } from '@aether/runtime/main';
import { modelsService } from './service.js';

await runMain(modelsService);
