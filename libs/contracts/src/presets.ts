import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { Deployment, Runtime, RuntimeSettings } from './deployment.js';
import { defineRoutes } from './route.js';
import { Template, TemplateFile, PresetFile, templateErrors } from './templates.js';
import { Id, Instant, Nothing, PageQuery, Slug, Visibility, pageOf } from './schemas.js';

/** Presets, templates as files, and deploying many at once: part of what `deployer` owns. */

/** Settings of a deployment under a name, to deploy more like it. */
export const Preset = z
  .object({
    id: Id,
    name: Slug,
    template: Slug,
    runtime: Runtime,
    model: z.string().nullable().describe("Null for the endpoint's default model."),
    settings: RuntimeSettings,
    createdBy: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Preset' });
export type Preset = z.infer<typeof Preset>;

export const nameErrors = {
  deployment_name_taken: {
    status: 409,
    title: 'Another deployment has this name.',
    hint: 'Choose another name, or delete the other deployment first.',
  },
} as const;

export const modelErrors = {
  model_not_found: {
    status: 422,
    title: 'The model endpoint does not offer this model.',
    hint: 'List the models to find the right id, or leave `model` out for the default one.',
  },
} as const;

export const settingsErrors = {
  settings_not_supported: {
    status: 422,
    title: 'This runtime has no such settings.',
    hint: 'Leave `settings` out, or choose a runtime of containers.',
  },
} as const;

const presetErrors = {
  preset_not_found: {
    status: 404,
    title: 'There is no such preset.',
    hint: 'List the presets to find the right id or name.',
  },
} as const;

const presetNameErrors = {
  preset_name_taken: {
    status: 409,
    title: 'Another preset has this name.',
    hint: 'Choose another name, or remove the other preset first.',
  },
} as const;

const importErrors = {
  template_exists: {
    status: 409,
    title: 'There is another template with this id.',
    hint: 'Change `id` in the file, or remove the other template first.',
  },
} as const;

/** An id, or a name. */
const Ref = z.union([Id, Slug]);
const PresetRef = z.object({ id: Ref });

export const presetRequests = {
  listTemplates: defineRequest('req.deployer.list-templates.v1', {
    input: Nothing,
    output: z.object({ items: z.array(Template) }),
  }),
  exportTemplate: defineRequest('req.deployer.export-template.v1', {
    input: z.object({ id: Slug }),
    output: TemplateFile,
    errors: templateErrors,
  }),
  /** The same file again changes nothing. */
  importTemplate: defineRequest('req.deployer.import-template.v1', {
    input: z.object({ file: TemplateFile }),
    output: Template,
    errors: importErrors,
  }),
  removeTemplate: defineRequest('req.deployer.remove-template.v1', {
    input: z.object({ id: Slug }),
    output: Nothing,
    errors: {
      ...templateErrors,
      template_in_use: {
        status: 409,
        title: 'The template is used, or is part of Aether.',
        hint: 'Delete the deployments and presets that use it first; those of Aether stay.',
      },
    },
  }),
  listPresets: defineRequest('req.deployer.list-presets.v1', { input: PageQuery, output: pageOf(Preset) }),
  getPreset: defineRequest('req.deployer.get-preset.v1', {
    input: PresetRef,
    output: Preset,
    errors: presetErrors,
  }),
  savePreset: defineRequest('req.deployer.save-preset.v1', {
    input: z.object({ name: Slug, deployment: Ref.describe('Whose settings are saved.') }),
    output: Preset,
    errors: {
      ...presetNameErrors,
      deployment_not_found: {
        status: 404,
        title: 'There is no such deployment.',
        hint: 'List the deployments to find the right id or name.',
      },
    },
  }),
  renamePreset: defineRequest('req.deployer.rename-preset.v1', {
    input: PresetRef.extend({ name: Slug }),
    output: Preset,
    errors: { ...presetErrors, ...presetNameErrors },
  }),
  /** What was deployed from it stays. */
  removePreset: defineRequest('req.deployer.remove-preset.v1', {
    input: PresetRef,
    output: Nothing,
    errors: presetErrors,
  }),
  exportPreset: defineRequest('req.deployer.export-preset.v1', {
    input: PresetRef,
    output: PresetFile,
    errors: presetErrors,
  }),
  importPreset: defineRequest('req.deployer.import-preset.v1', {
    input: z.object({ file: PresetFile }),
    output: Preset,
    errors: { ...presetNameErrors, ...importErrors, ...templateErrors, ...settingsErrors },
  }),
  /** All of them or none: what is wrong with one refuses the request. Each then goes its own way. */
  createDeployments: defineRequest('req.deployer.create-deployments.v1', {
    input: z
      .object({
        name: Slug.max(44).describe('One is called so; several get -1, -2 ... after it.'),
        count: z.number().int().min(1).max(50).default(1),
        preset: Ref.optional(),
        template: Slug.optional(),
        runtime: Runtime.optional(),
        model: z.string().min(1).max(200).optional(),
        settings: RuntimeSettings.optional(),
        visibility: Visibility.default('open'),
      })
      .refine(({ preset, template }) => (preset === undefined) !== (template === undefined), {
        path: ['preset'],
        message: 'give a preset or a template, not both',
      })
      .refine(
        ({ preset, runtime, model, settings }) =>
          preset === undefined || (runtime === undefined && model === undefined && settings === undefined),
        { path: ['preset'], message: 'says runtime, model and settings itself: leave them out' },
      ),
    output: z.object({ items: z.array(Deployment) }),
    errors: { ...presetErrors, ...nameErrors, ...templateErrors, ...modelErrors, ...settingsErrors },
  }),
  /** Each for itself: what one is refused does not hold up the others. */
  operateDeployments: defineRequest('req.deployer.operate-deployments.v1', {
    input: z.object({
      operation: z.enum(['start', 'stop', 'restart', 'delete']),
      ids: z.array(Ref).min(1).max(100).describe('Ids or names of deployments.'),
    }),
    output: z.object({
      items: z.array(
        z.object({
          id: z.string().describe('As it was given.'),
          deployment: Deployment.nullable().describe('As it is once the operation has begun.'),
          problem: z
            .object({ code: z.string(), detail: z.string(), hint: z.string() })
            .nullable()
            .describe('Why the operation has not begun.'),
        }),
      ),
    }),
  }),
};

export const presetEvents = {
  templateImported: defineEvent('evt.deployer.template-imported.v1', z.object({ template: Template })),
  templateRemoved: defineEvent('evt.deployer.template-removed.v1', z.object({ templateId: Slug })),
  presetChanged: defineEvent('evt.deployer.preset-changed.v1', z.object({ preset: Preset })),
  presetRemoved: defineEvent('evt.deployer.preset-removed.v1', z.object({ presetId: Id })),
};

export const presetRoutes = defineRoutes({
  'GET /api/v1/templates': {
    contract: presetRequests.listTemplates,
    access: 'templates:read',
    summary: 'List templates',
  },
  'GET /api/v1/templates/{id}/export': {
    contract: presetRequests.exportTemplate,
    access: 'templates:read',
    summary: 'A template as a file, without secrets',
  },
  'POST /api/v1/template-imports': {
    contract: presetRequests.importTemplate,
    access: 'templates:write',
    summary: 'Add a template from a file',
    status: 201,
  },
  'DELETE /api/v1/templates/{id}': {
    contract: presetRequests.removeTemplate,
    access: 'templates:write',
    summary: 'Remove an imported template that nothing uses',
  },
  'GET /api/v1/presets': {
    contract: presetRequests.listPresets,
    access: 'templates:read',
    summary: 'List presets',
  },
  'POST /api/v1/presets': {
    contract: presetRequests.savePreset,
    access: 'templates:write',
    summary: "Save a deployment's settings as a preset",
    status: 201,
  },
  'GET /api/v1/presets/{id}': {
    contract: presetRequests.getPreset,
    access: 'templates:read',
    summary: 'One preset',
  },
  'PATCH /api/v1/presets/{id}': {
    contract: presetRequests.renamePreset,
    access: 'templates:write',
    summary: 'Rename a preset',
  },
  'DELETE /api/v1/presets/{id}': {
    contract: presetRequests.removePreset,
    access: 'templates:write',
    summary: 'Remove a preset; what was deployed from it stays',
  },
  'GET /api/v1/presets/{id}/export': {
    contract: presetRequests.exportPreset,
    access: 'templates:read',
    summary: 'A preset as a file, without secrets',
  },
  'POST /api/v1/preset-imports': {
    contract: presetRequests.importPreset,
    access: 'templates:write',
    summary: 'Add a preset from a file',
    status: 201,
  },
  'POST /api/v1/deployment-batches': {
    contract: presetRequests.createDeployments,
    access: 'deployments:write',
    summary: 'Deploy several agents from a preset or a template, all of them or none',
    status: 202,
    rateClass: 'expensive',
  },
  'POST /api/v1/deployment-operations': {
    contract: presetRequests.operateDeployments,
    access: 'deployments:write',
    summary: 'Start, stop, restart or delete many deployments, with an answer for each',
    status: 202,
    rateClass: 'expensive',
  },
});
