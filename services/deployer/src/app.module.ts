import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { ApproveDevice } from './approve-device.js';
import { BeginOperation } from './begin-operation.js';
import { ChooseModel } from './choose-model.js';
import type { DeployerConfig } from './config.js';
import { CreateDeployment } from './create-deployment.js';
import { CreateDeployments } from './create-deployments.js';
import { DeployerConsumers } from './deployer.consumers.js';
import { DeployerController } from './deployer.controller.js';
import { DeploymentRepository } from './deployment.repository.js';
import { DeploymentLog } from './logs/deployment-log.js';
import { LogRepository } from './logs/log.repository.js';
import { ExamineMachine } from './examine-machine.js';
import { ReadLogs } from './logs/read-logs.js';
import { MachineFigures } from './machine-figures.js';
import { OperateDeployments } from './operate-deployments.js';
import { PlanDeployment } from './plan-deployment.js';
import { KeepPresets } from './presets/keep-presets.js';
import { ReadDeployments } from './read-deployments.js';
import { ReadMetrics } from './read-metrics.js';
import { RedeployDeployment } from './redeploy-deployment.js';
import { RetryDeployment } from './retry-deployment.js';
import { RenewToken } from './renew-token.js';
import { Runtimes } from './runtimes.js';
import { AllSteps } from './steps/all-steps.js';
import { Connect, Disconnect, Enrol, Probe, Remove } from './steps/connection-steps.js';
import { Preflight } from './steps/preflight.js';
import { Prepare } from './steps/prepare.js';
import { Create, Restore, Snapshot, Start, Stop } from './steps/process-steps.js';
import { CarryTemplates } from './templates/carry-templates.js';
import { Templates } from './templates/templates.js';
import { CLOCK, CONFIG, LOGGER, OPERATIONS } from './tokens.js';
import { UpdateDeployment } from './update-deployment.js';
import { LeaseRepository } from './worker/lease.repository.js';
import { OperationRunner } from './worker/operation-runner.js';
import { Upkeep } from './worker/upkeep.js';
import { Worker } from './worker/worker.js';

@Module({})
export class AppModule {
  static register(parts: ServiceParts<DeployerConfig>, runtimes: Runtimes): DynamicModule {
    return {
      module: AppModule,
      controllers: [DeployerController],
      providers: [
        { provide: Messaging, useValue: parts.messaging },
        { provide: Database, useValue: parts.database },
        { provide: EventConsumers, useValue: parts.consumers },
        { provide: Runtimes, useValue: runtimes },
        { provide: CLOCK, useValue: systemClock },
        { provide: CONFIG, useValue: parts.config },
        { provide: LOGGER, useValue: parts.logger },
        { provide: OPERATIONS, useValue: parts.operations },
        ...[Templates, DeploymentRepository, LeaseRepository, LogRepository, DeploymentLog],
        ...[Preflight, Prepare, Create, Start, Probe, Connect, Enrol],
        ...[Disconnect, Stop, Snapshot, Restore, Remove, AllSteps],
        ...[OperationRunner, Worker, Upkeep],
        ...[
          PlanDeployment,
          CreateDeployment,
          CreateDeployments,
          OperateDeployments,
          KeepPresets,
          CarryTemplates,
          BeginOperation,
          ReadDeployments,
          UpdateDeployment,
          ReadLogs,
          ReadMetrics,
          ExamineMachine,
          MachineFigures,
          ChooseModel,
          RedeployDeployment,
          RetryDeployment,
          ApproveDevice,
          RenewToken,
          DeployerConsumers,
        ],
      ],
    };
  }
}
