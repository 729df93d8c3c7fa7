import { z } from 'zod';
import { Runtime, RuntimeSettings } from './deployment.js';
import { Line, Slug } from './schemas.js';

/** What agents are deployed from, and the files in which it is carried to other installations. */

export const Template = z
  .object({
    id: Slug,
    name: z.string(),
    summary: z.string(),
    capabilities: z.array(Slug),
    memoryMb: z.number().int().describe('Memory that preflight wants to find free.'),
    models: z
      .array(z.string())
      .default([])
      .describe('Its models, best first, where a deployment names none.'),
    imported: z.boolean().optional().describe('Came by a file, and can be removed.'),
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof Template>;

const FILE_BYTES_MAX = 64 * 1_024;
const FILES_BYTES_MAX = 256 * 1_024;
const bytes = (text: string) => new TextEncoder().encode(text).length;

/** Markdown files that an agent begins with, by name; a name has no folder, so it leads nowhere else. */
const AgentFiles = z
  .record(
    z
      .string()
      .regex(/^[A-Z][A-Za-z0-9_-]{0,40}\.md$/u, 'must be the name of a Markdown file, without folders'),
    z.string().refine((text) => bytes(text) <= FILE_BYTES_MAX, `must have ${FILE_BYTES_MAX} bytes at most`),
  )
  .refine((files) => Object.keys(files).length <= 16, 'must be 16 files at most')
  .refine(
    (files) => Object.values(files).reduce((sum, text) => sum + bytes(text), 0) <= FILES_BYTES_MAX,
    `must have ${FILES_BYTES_MAX} bytes together at most`,
  );

/** A template as a file has it. */
export const TemplateContent = z.strictObject({
  id: Slug,
  name: Line(80),
  summary: Line(300),
  capabilities: z.array(Slug).max(20),
  memoryMb: z.number().int().min(64).max(1_048_576),
  models: z
    .array(Line(200))
    .min(1)
    .max(8)
    .optional()
    .describe('As `<provider>/<model>`. The first that is offered is used, and the others stand in for it.'),
  files: AgentFiles,
});
export type TemplateContent = z.infer<typeof TemplateContent>;

const ToGiveAgain = z
  .array(Line(200))
  .max(200)
  .describe('Secrets that were left out, by name and place; `[secret]` stands there.');

/** A template to carry to another installation. */
export const TemplateFile = z
  .strictObject({
    format: z.literal('aether.template'),
    version: z.literal(1),
    template: TemplateContent,
    toGiveAgain: ToGiveAgain,
  })
  .meta({ id: 'TemplateFile' });
export type TemplateFile = z.infer<typeof TemplateFile>;

/** A preset to carry to another installation, with its template where that is not part of Aether. */
export const PresetFile = z
  .strictObject({
    format: z.literal('aether.preset'),
    version: z.literal(1),
    preset: z.strictObject({
      name: Slug,
      template: Slug,
      runtime: Runtime,
      model: z.string().min(1).max(200).nullable(),
      settings: RuntimeSettings,
    }),
    template: TemplateContent.nullable(),
    toGiveAgain: ToGiveAgain,
  })
  .refine(({ preset, template }) => !template || template.id === preset.template, {
    path: ['template', 'id'],
    message: 'must be the template of the preset',
  })
  .meta({ id: 'PresetFile' });
export type PresetFile = z.infer<typeof PresetFile>;

export const templateErrors = {
  template_not_found: {
    status: 422,
    title: 'There is no such template.',
    hint: 'Choose a template that exists.',
  },
} as const;
