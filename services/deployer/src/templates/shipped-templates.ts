import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TemplateContent } from '@aether/contracts/templates';

const DIRECTORY = fileURLToPath(new URL('../../templates', import.meta.url));

/** The templates that are part of this service; throws where one is faulty. */
export function shippedTemplates(): TemplateContent[] {
  return readdirSync(DIRECTORY).sort().map(load);
}

function load(id: string): TemplateContent {
  const directory = join(DIRECTORY, id);
  const text = (name: string) => readFileSync(join(directory, name), 'utf8');
  const names = readdirSync(directory).filter((name) => name.endsWith('.md'));
  const files = Object.fromEntries(names.map((name) => [name, text(name)]));
  const described = JSON.parse(text('template.json')) as object;
  const template = TemplateContent.parse({ ...described, files });
  if (template.id !== id) throw new Error(`the template in ${directory} calls itself "${template.id}"`);
  return template;
}
