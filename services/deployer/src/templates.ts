import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Template } from '@aether/contracts/deployer';
import { Injectable } from '@nestjs/common';

/** A template with the files its agents begin with. */
export interface LoadedTemplate extends Template {
  readonly files: Readonly<Record<string, string>>;
}

const DIRECTORY = fileURLToPath(new URL('../templates', import.meta.url));

/** The templates shipped with this service, read once at boot: a faulty one stops it. */
@Injectable()
export class Templates {
  private readonly byId: ReadonlyMap<string, LoadedTemplate> = new Map(
    readdirSync(DIRECTORY)
      .sort()
      .map((id) => [id, load(id)]),
  );

  list(): Template[] {
    return [...this.byId.values()].map((template) => Template.parse(template));
  }

  find(id: string): LoadedTemplate | undefined {
    return this.byId.get(id);
  }

  get(id: string): LoadedTemplate {
    const template = this.byId.get(id);
    if (!template) throw new Error(`The template "${id}" is not part of this version of Aether.`);
    return template;
  }
}

function load(id: string): LoadedTemplate {
  const directory = join(DIRECTORY, id);
  const text = (name: string) => readFileSync(join(directory, name), 'utf8');
  const template = Template.parse(JSON.parse(text('template.json')));
  if (template.id !== id) throw new Error(`the template in ${directory} calls itself "${template.id}"`);
  const files = readdirSync(directory).filter((name) => name.endsWith('.md'));
  return { ...template, files: Object.fromEntries(files.map((name) => [name, text(name)])) };
}
