import type { Template } from '@aether/contracts/deployer';
import type { TemplateContent } from '@aether/contracts/templates';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { shippedTemplates } from './shipped-templates.js';
import { findImported, holdImported, listImported } from './template.repository.js';

/** The templates shipped with this service, read once at boot: a faulty one stops it; and the imported ones. */
@Injectable()
export class Templates {
  private readonly shipped = new Map(shippedTemplates().map((template) => [template.id, template]));

  constructor(private readonly database: Database) {}

  async list(): Promise<Template[]> {
    const imported = await this.database.read(listImported);
    return [...this.shipped.values(), ...imported].map((content) => this.describe(content));
  }

  async find(id: string): Promise<TemplateContent | null> {
    return this.shipped.get(id) ?? this.database.read((manager) => findImported(manager, id));
  }

  async get(id: string): Promise<TemplateContent> {
    const template = await this.find(id);
    if (!template) throw new Error(`The template "${id}" is not part of this version of Aether.`);
    return template;
  }

  isShipped(id: string): boolean {
    return this.shipped.has(id);
  }

  /** As `find`, and keeps an imported one from being removed until the transaction ends. */
  async hold(tx: Transaction, id: string): Promise<TemplateContent | null> {
    return this.shipped.get(id) ?? holdImported(tx.manager, id);
  }

  /** Without its files. */
  describe({ id, name, summary, capabilities, memoryMb, models = [] }: TemplateContent): Template {
    return { id, name, summary, capabilities, memoryMb, models, imported: !this.isShipped(id) };
  }
}
