import { deployerCatalog } from '@aether/contracts/deployer';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { DeployerConfig } from './config.js';
import { Deployment } from './deployment.entity.js';
import { LogCursorRow, LogLineRow } from './logs/log.entity.js';
import { CreateDeployment1763900000000 } from './migrations/1763900000000-create-deployment.js';
import { AddContainers1764000000000 } from './migrations/1764000000000-add-containers.js';
import { AddPresets1764100000000 } from './migrations/1764100000000-add-presets.js';
import { DeploymentVisibility1764200000000 } from './migrations/1764200000000-deployment-visibility.js';
import { StoredPreset } from './presets/preset.entity.js';
import { runtimesFrom, type Runtimes } from './runtimes.js';
import { StoredTemplate } from './templates/template.entity.js';

/** The service over the given runtimes. */
export const deployerServiceWith = (runtimes: (config: DeployerConfig) => Runtimes) =>
  defineService({
    name: 'deployer',
    catalog: deployerCatalog,
    config: DeployerConfig,
    schema: {
      entities: [Deployment, LogLineRow, LogCursorRow, StoredTemplate, StoredPreset],
      migrations: [
        CreateDeployment1763900000000,
        AddContainers1764000000000,
        AddPresets1764100000000,
        DeploymentVisibility1764200000000,
      ],
    },
    counted: [{ figure: 'aether_deployments', help: 'Deployments by state.', rows: Deployment, by: 'state' }],
    module: (parts) => AppModule.register(parts, runtimes(parts.config)),
  });

export const deployerService = deployerServiceWith(runtimesFrom);
