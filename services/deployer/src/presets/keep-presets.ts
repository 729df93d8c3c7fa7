import { deployerEvents, deployerRequests, type Preset } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { newId } from '@aether/messaging/id';
import { personOf, requirePermission, requireServiceOr } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { DeploymentRepository } from '../deployment.repository.js';
import { refuseSettings } from '../runtime-settings.js';
import { CarryTemplates } from '../templates/carry-templates.js';
import { leaveOutSecrets } from '../templates/leave-out-secrets.js';
import { Templates } from '../templates/templates.js';
import { CLOCK } from '../tokens.js';
import { StoredPreset } from './preset.entity.js';
import { deletePreset, findPreset, lockPresets, pagePresets, savePreset } from './preset.repository.js';

const saving = deployerRequests.savePreset;
const importing = deployerRequests.importPreset;
type List = typeof deployerRequests.listPresets;
type Get = typeof deployerRequests.getPreset;
type Rename = typeof deployerRequests.renamePreset;
type Remove = typeof deployerRequests.removePreset;
type Export = typeof deployerRequests.exportPreset;

/** Presets belong to everybody who works with templates. */
@Injectable()
export class KeepPresets {
  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly templates: Templates,
    private readonly carried: CarryTemplates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(input: InputOf<List>, context: RequestContext<List>): Promise<OutputOf<List>> {
    requireServiceOr(context, 'templates:read');
    const page = await this.database.read((manager) => pagePresets(manager, input));
    return { ...page, items: page.items.map((preset) => preset.toPreset()) };
  }

  async get({ id }: InputOf<Get>, context: RequestContext<Get>): Promise<Preset> {
    requireServiceOr(context, 'templates:read');
    return (await this.find(id, context)).toPreset();
  }

  async save(input: InputOf<typeof saving>, context: RequestContext<typeof saving>): Promise<Preset> {
    requirePermission(context, 'templates:write');
    return this.database.once({ contract: saving, input, context }, async (tx) => {
      const deployment = await this.deployments.find(context.actor, input.deployment);
      if (!deployment || deployment.state === 'deleted') throw context.fail('deployment_not_found');
      const { template, runtime, model, settings } = deployment;
      return this.insert(tx, { name: input.name, template, runtime, model, settings }, context);
    });
  }

  async rename({ id, name }: InputOf<Rename>, context: RequestContext<Rename>): Promise<Preset> {
    requirePermission(context, 'templates:write');
    return this.database.transaction(context, async (tx) => {
      await lockPresets(tx.manager);
      const preset = await findPreset(tx.manager, id);
      if (!preset) throw context.fail('preset_not_found');
      if (preset.name === name) return preset.toPreset();
      if (await findPreset(tx.manager, name)) throw context.fail('preset_name_taken');
      preset.name = name;
      preset.updatedAt = this.clock.now();
      return this.store(tx, preset);
    });
  }

  async remove({ id }: InputOf<Remove>, context: RequestContext<Remove>): Promise<OutputOf<Remove>> {
    requirePermission(context, 'templates:write');
    return this.database.transaction(context, async (tx) => {
      await lockPresets(tx.manager);
      const preset = await findPreset(tx.manager, id);
      if (!preset) throw context.fail('preset_not_found');
      await deletePreset(tx.manager, preset.id);
      await tx.publish(deployerEvents.presetRemoved, { presetId: preset.id });
      return {};
    });
  }

  async export({ id }: InputOf<Export>, context: RequestContext<Export>): Promise<OutputOf<Export>> {
    requireServiceOr(context, 'templates:read');
    const { name, template, runtime, model, settings } = await this.find(id, context);
    const carried = this.templates.isShipped(template)
      ? { template: null, toGiveAgain: [] }
      : leaveOutSecrets(await this.templates.get(template));
    const preset = { name, template, runtime, model, settings };
    return { format: 'aether.preset', version: 1, preset, ...carried };
  }

  async import(input: InputOf<typeof importing>, context: RequestContext<typeof importing>): Promise<Preset> {
    requirePermission(context, 'templates:write');
    const { preset, template } = input.file;
    refuseSettings(preset.runtime, preset.settings, context);
    return this.database.once({ contract: importing, input, context }, async (tx) => {
      if (template) await this.carried.add(tx, template, context);
      if (!(await this.templates.hold(tx, preset.template)))
        throw context.fail('template_not_found', { detail: `There is no template "${preset.template}".` });
      return this.insert(tx, preset, context);
    });
  }

  private async find(ref: string, context: Refusing<'preset_not_found'>): Promise<StoredPreset> {
    const preset = await this.database.read((manager) => findPreset(manager, ref));
    if (!preset) throw context.fail('preset_not_found');
    return preset;
  }

  private async insert(
    tx: Transaction,
    fields: Pick<StoredPreset, 'name' | 'template' | 'runtime' | 'model' | 'settings'>,
    context: Refusing<'preset_name_taken'>,
  ): Promise<Preset> {
    await lockPresets(tx.manager);
    if (await findPreset(tx.manager, fields.name)) throw context.fail('preset_name_taken');
    const createdBy = personOf(context.actor);
    return this.store(
      tx,
      StoredPreset.create({ ...fields, id: newId(), createdBy, createdAt: this.clock.now() }),
    );
  }

  private async store(tx: Transaction, stored: StoredPreset): Promise<Preset> {
    await savePreset(tx.manager, stored);
    const preset = stored.toPreset();
    await tx.publish(deployerEvents.presetChanged, { preset });
    return preset;
  }
}
