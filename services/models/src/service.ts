import { modelsCatalog } from '@aether/contracts/models';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { ModelsConfig } from './config.js';
import { VirtualKey } from './keys/virtual-key.entity.js';
import { CreateModels1700000100000 } from './migrations/1700000100000-create-models.js';
import { Usage } from './usage/usage.entity.js';

export const modelsService = defineService({
  name: 'models',
  catalog: modelsCatalog,
  config: ModelsConfig,
  schema: { entities: [VirtualKey, Usage], migrations: [CreateModels1700000100000] },
  module: (parts) => AppModule.register(parts),
});
