import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { permissionsOf, type Permission } from '@aether/contracts/permissions';
import { requirePermission } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { sha256 } from '../tokens.js';
import { mayGrant } from '../users/grant-rule.js';
import { StoredApiKey, makeKey } from './api-key.entity.js';
import { insertApiKey } from './api-key.repository.js';
import { findMaker } from './key-owner.js';

const contract = authRequests.createApiKey;
type Contract = typeof contract;

/** A key may do no more than its maker, and lives no longer than the key it was made with. */
@Injectable()
export class CreateApiKey {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'api-keys:write');
    const scopes = scopesOf(input, context);
    if (!mayGrant(context.actor, input.role, scopes ?? undefined)) throw context.fail('role_too_high');
    const onRepeat = () => context.fail('api_key_already_shown');
    return this.database.once(
      { contract, input, context },
      async (tx) => {
        const now = this.clock.now();
        const maker = await findMaker(tx.manager, context.actor, now);
        if (!maker) throw context.fail('unauthenticated');
        const { prefix, secret } = makeKey();
        const stored = await insertApiKey(
          tx.manager,
          StoredApiKey.create({
            id: newId(),
            name: input.name,
            role: input.role,
            scopes,
            prefix,
            secretHash: sha256(secret),
            createdBy: context.actor.id,
            ownerId: maker.ownerId,
            createdAt: now,
            expiresAt: endOf(input.expiresAt, { now, makerEndsAt: maker.endsAt, context }),
          }),
        );
        const apiKey = stored.toApiKey();
        await tx.publish(authEvents.apiKeyCreated, { apiKey });
        return { apiKey, key: `${prefix}_${secret}` };
      },
      { onRepeat },
    );
  }
}

/** A key that is limited makes keys that are limited alike, where nothing else is asked for. */
function scopesOf(
  { role, scopes }: InputOf<Contract>,
  { actor, fail }: RequestContext<Contract>,
): Permission[] | null {
  const ofRole = permissionsOf(role);
  const beyond = (scopes ?? []).filter((scope) => !ofRole.has(scope));
  if (beyond.length)
    throw fail('invalid_input', {
      issues: beyond.map((scope) => ({
        path: `scopes.${scopes?.indexOf(scope) ?? 0}`,
        message: `the role "${role}" does not have the permission "${scope}"`,
      })),
    });
  if (scopes) return [...new Set(scopes)];
  return actor.scopes ? actor.scopes.filter((scope) => ofRole.has(scope)) : null;
}

function endOf(
  asked: string | undefined,
  { now, makerEndsAt, context }: { now: Date; makerEndsAt: Date | null; context: RequestContext<Contract> },
): Date | null {
  if (asked === undefined) return makerEndsAt;
  const expiresAt = new Date(asked);
  const refuse = (message: string) =>
    context.fail('invalid_input', { issues: [{ path: 'expiresAt', message }] });
  if (expiresAt <= now) throw refuse('must lie in the future');
  if (makerEndsAt && expiresAt > makerEndsAt)
    throw refuse(`must not be later than ${makerEndsAt.toISOString()}, when the key you use ends`);
  return expiresAt;
}
