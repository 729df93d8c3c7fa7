import { deployerRequests } from '@aether/contracts/deployer';
import { Messaging } from '@aether/messaging/messaging';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import type { ServiceParts } from '@aether/runtime/service';
import { requireServiceOr } from '@aether/messaging/access';
import { ApproveDevice } from './approve-device.js';
import { BeginOperation } from './begin-operation.js';
import { CreateDeployment } from './create-deployment.js';
import { CreateDeployments } from './create-deployments.js';
import { ExamineMachine } from './examine-machine.js';
import { MachineFigures } from './machine-figures.js';
import { ReadLogs } from './logs/read-logs.js';
import { OperateDeployments } from './operate-deployments.js';
import { KeepPresets } from './presets/keep-presets.js';
import { ReadDeployments } from './read-deployments.js';
import { ReadMetrics } from './read-metrics.js';
import { RedeployDeployment } from './redeploy-deployment.js';
import { RetryDeployment } from './retry-deployment.js';
import { CarryTemplates } from './templates/carry-templates.js';
import { Templates } from './templates/templates.js';
import { UpdateDeployment } from './update-deployment.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class DeployerController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly templates: Templates,
    private readonly deployments: ReadDeployments,
    private readonly createDeployment: CreateDeployment,
    private readonly updateDeployment: UpdateDeployment,
    private readonly beginOperation: BeginOperation,
    private readonly redeployDeployment: RedeployDeployment,
    private readonly retryDeployment: RetryDeployment,
    private readonly metrics: ReadMetrics,
    private readonly approveDevice: ApproveDevice,
    private readonly logs: ReadLogs,
    private readonly machine: ExamineMachine,
    private readonly machineFigures: MachineFigures,
    private readonly carriedTemplates: CarryTemplates,
    private readonly presets: KeepPresets,
    private readonly createDeployments: CreateDeployments,
    private readonly operateDeployments: OperateDeployments,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(deployerRequests, {
      ...this.operations,
      listTemplates: async (_input, context) => {
        requireServiceOr(context, 'templates:read');
        return { items: await this.templates.list() };
      },
      exportTemplate: (input, context) => this.carriedTemplates.export(input, context),
      importTemplate: (input, context) => this.carriedTemplates.import(input, context),
      removeTemplate: (input, context) => this.carriedTemplates.remove(input, context),
      listPresets: (input, context) => this.presets.list(input, context),
      getPreset: (input, context) => this.presets.get(input, context),
      savePreset: (input, context) => this.presets.save(input, context),
      renamePreset: (input, context) => this.presets.rename(input, context),
      removePreset: (input, context) => this.presets.remove(input, context),
      exportPreset: (input, context) => this.presets.export(input, context),
      importPreset: (input, context) => this.presets.import(input, context),
      createDeployments: (input, context) => this.createDeployments.execute(input, context),
      operateDeployments: (input, context) => this.operateDeployments.execute(input, context),
      listDeployments: (input, context) => this.deployments.list(input, context),
      getDeployment: (input, context) => this.deployments.get(input, context),
      createDeployment: (input, context) => this.createDeployment.execute(input, context),
      updateDeployment: (input, context) => this.updateDeployment.execute(input, context),
      startDeployment: (input, context) => this.beginOperation.execute('start', input, context),
      stopDeployment: (input, context) => this.beginOperation.execute('stop', input, context),
      restartDeployment: (input, context) => this.beginOperation.execute('restart', input, context),
      repairDeployment: (input, context) => this.beginOperation.execute('repair', input, context),
      deleteDeployment: (input, context) => this.beginOperation.execute('delete', input, context),
      retryDeployment: (input, context) => this.retryDeployment.execute(input, context),
      redeployDeployment: (input, context) => this.redeployDeployment.execute(input, context),
      getDeploymentMetrics: (input, context) => this.metrics.execute(input, context),
      approveDevice: (input, context) => this.approveDevice.execute(input, context),
      examineMachine: (_input, context) => this.machine.execute(context),
      getMachineFigures: (_input, context) => this.machineFigures.execute(context),
      readLogs: (input, context) => this.logs.read(input, context),
      followLogs: (input, context) => this.logs.follow(input, context),
    });
  }
}
