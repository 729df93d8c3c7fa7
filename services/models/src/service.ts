import { modelsCatalog } from '@aether/contracts/models';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { ModelBudgetRow, Reservation } from './budgets/model-budget.entity.js';
import { ModelsConfig } from './config.js';
import { VirtualKey } from './keys/virtual-key.entity.js';
import { CreateModels1700000100000 } from './migrations/1700000100000-create-models.js';
import { ProvidersAndBudgets1764200000000 } from './migrations/1764200000000-providers-and-budgets.js';
import { UsageChecks1764500000000 } from './migrations/1764500000000-usage-checks.js';
import { DefaultModelsRow, ModelProviderRow } from './provider/model-provider.entity.js';
import { MissionSession } from './sessions/mission-session.entity.js';
import { UsageCheckRow } from './usage-checks/usage-check.entity.js';
import { Usage } from './usage/usage.entity.js';

export const modelsService = defineService({
  name: 'models',
  catalog: modelsCatalog,
  config: ModelsConfig,
  schema: {
    entities: [
      VirtualKey,
      Usage,
      UsageCheckRow,
      ModelProviderRow,
      DefaultModelsRow,
      MissionSession,
      ModelBudgetRow,
      Reservation,
    ],
    migrations: [CreateModels1700000100000, ProvidersAndBudgets1764200000000, UsageChecks1764500000000],
  },
  module: (parts) => AppModule.register(parts),
});
