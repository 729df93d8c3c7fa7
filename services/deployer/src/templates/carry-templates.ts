import { isDeepStrictEqual } from 'node:util';
import { deployerEvents, deployerRequests, type Template } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { TemplateContent } from '@aether/contracts/templates';
import { personOf, requirePermission, requireServiceOr } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { leaveOutSecrets } from './leave-out-secrets.js';
import { deleteTemplate, insertTemplate, lockImports, lockUsersOf } from './template.repository.js';
import { Templates } from './templates.js';

const contract = deployerRequests.importTemplate;
type Export = typeof deployerRequests.exportTemplate;
type Remove = typeof deployerRequests.removeTemplate;

/** Templates as files, out of this installation and into it. */
@Injectable()
export class CarryTemplates {
  constructor(
    private readonly database: Database,
    private readonly templates: Templates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async export({ id }: InputOf<Export>, context: RequestContext<Export>): Promise<OutputOf<Export>> {
    requireServiceOr(context, 'templates:read');
    const template = await this.templates.find(id);
    if (!template) throw context.fail('template_not_found');
    return { format: 'aether.template', version: 1, ...leaveOutSecrets(template) };
  }

  async import(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Template> {
    requirePermission(context, 'templates:write');
    return this.database.once({ contract, input, context }, (tx) =>
      this.add(tx, input.file.template, context),
    );
  }

  async remove({ id }: InputOf<Remove>, context: RequestContext<Remove>): Promise<OutputOf<Remove>> {
    requirePermission(context, 'templates:write');
    if (this.templates.isShipped(id))
      throw context.fail('template_in_use', { detail: `"${id}" is part of Aether.` });
    return this.database.transaction(context, async (tx) => {
      const users = await lockUsersOf(tx.manager, id);
      if (!users) throw context.fail('template_not_found');
      if (users.length > 0)
        throw context.fail('template_in_use', { detail: `"${id}" is used by ${users.join(', ')}.` });
      await deleteTemplate(tx.manager, id);
      await tx.publish(deployerEvents.templateRemoved, { templateId: id });
      return {};
    });
  }

  /** The same content again changes nothing; other content under the same id is refused. */
  async add(
    tx: Transaction,
    content: TemplateContent,
    context: Refusing<'template_exists'>,
  ): Promise<Template> {
    await lockImports(tx.manager);
    const known = await this.templates.hold(tx, content.id);
    const template = this.templates.describe(content);
    if (known) {
      if (isDeepStrictEqual(known, content)) return template;
      throw context.fail('template_exists', { detail: `There is another template "${content.id}".` });
    }
    await insertTemplate(tx.manager, {
      content,
      createdBy: personOf(context.actor),
      createdAt: this.clock.now(),
    });
    await tx.publish(deployerEvents.templateImported, { template });
    return template;
  }
}
