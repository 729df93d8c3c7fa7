import { runMain } from '@aether/runtime/main';
import { missionsService } from './service.js';

await runMain(missionsService);
