import { runMain } from '@aether/runtime/main';
import { authService } from './service.js';

await runMain(authService);
