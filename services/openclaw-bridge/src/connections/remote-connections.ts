import { openclawRequests, type Connection, type ProbeReport } from '@aether/contracts/openclaw';
import type { InputOf } from '@aether/contracts/contract';
import { canRestrict, requirePermission } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { OutboundRefused } from '@aether/runtime/outbound';
import { Injectable } from '@nestjs/common';
import { newDeviceKey } from '../gateway/device-key.js';
import { Leases } from '../leases/leases.js';
import { CloseConnection } from './close-connection.js';
import type { ConnectionRow, ConnectionTarget } from './connection.entity.js';
import { ConnectionRepository } from './connection.repository.js';
import { Devices } from './devices.js';
import { GatewaySecrets } from './gateway-secrets.js';
import { ProbeGateway } from './probe-gateway.js';

type Requests = typeof openclawRequests;
type Given = InputOf<Requests['testConnection']>;
type Change = Omit<InputOf<Requests['updateConnection']>, 'id'>;

const KEPT = 'kept in the vault';
const PAIRED_LATER =
  'Everything else is right. Save the connection: Aether then says what to run on the gateway’s machine.';

/** Connections to gateways that somebody else runs. Their secrets live in the vault and are never told. */
@Injectable()
export class RemoteConnections {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionRepository,
    private readonly leases: Leases,
    private readonly devices: Devices,
    private readonly secrets: GatewaySecrets,
    private readonly probe: ProbeGateway,
    private readonly closeConnection: CloseConnection,
  ) {}

  async create(
    { name, visibility, ...given }: InputOf<Requests['createConnection']>,
    context: RequestContext<Requests['createConnection']>,
  ): Promise<Connection> {
    requirePermission(context, 'connections:write');
    await this.checkTarget(given, context);
    const id = newId();
    const kept = await this.keepSecrets(id, given);
    // No digest of a secret is kept for repeats, which a short one could be guessed from.
    const { credential, access, ...plain } = given;
    const call = {
      contract: openclawRequests.createConnection,
      input: {
        name,
        visibility,
        ...plain,
        ...(credential !== undefined && { credential: KEPT }),
        ...(access && { access: { clientId: access.clientId, clientSecret: KEPT } }),
      },
      context,
    };
    const reply = await this.orDrop(kept, () =>
      this.database.once(call, async (tx) => {
        const row = await this.connections.addRemote(tx, id, {
          name,
          visibility,
          url: given.url,
          auth: given.auth,
          tokenSecretId: null,
          accessClientId: given.access?.clientId ?? null,
          accessSecretId: null,
          tlsFingerprint: plainFingerprint(given.tlsFingerprint ?? null),
          ...kept,
        });
        if (!row) throw context.fail('connection_taken');
        tx.afterCommit(() => this.leases.wake());
        return row.reply();
      }),
    );
    if (reply.id !== id) await this.dropAll(Object.values(kept));
    return reply;
  }

  /** The device is shown for the test only, so nobody should approve it. */
  async test(given: Given, context: RequestContext<Requests['testConnection']>): Promise<ProbeReport> {
    requirePermission(context, 'connections:write');
    await this.checkTarget(given, context);
    const report = await this.probe.address({
      url: given.url,
      auth: given.auth,
      credential: given.credential ?? null,
      access: given.access ?? null,
      tlsFingerprint: plainFingerprint(given.tlsFingerprint ?? null),
      deviceKey: newDeviceKey(),
      isRemote: true,
      outbound: this.devices.outbound,
      approve: () => Promise.resolve(false),
    });
    return report.reason?.code === 'pairing_required'
      ? { ...report, reason: { ...report.reason, remedy: PAIRED_LATER } }
      : report;
  }

  async update(
    { id, ...change }: InputOf<Requests['updateConnection']>,
    context: RequestContext<Requests['updateConnection']>,
  ): Promise<Connection> {
    requirePermission(context, 'connections:write');
    const before = await this.foundRemote(id, context);
    if (change.visibility && !canRestrict(context.actor, before))
      throw context.fail('forbidden', {
        detail: 'Only the person who made the connection, or an administrator, may say who sees it.',
      });
    const after = changed(before, change);
    const leadsElsewhere = after.url !== before.url || after.auth !== before.auth;
    // A secret is never taken to another address than the one it was given for.
    if (leadsElsewhere && after.auth !== 'device' && change.credential === undefined)
      throw context.fail('credential_needed');
    if (after.url !== before.url && after.accessSecretId !== null && !change.access)
      throw context.fail('credential_needed', {
        detail: 'The address changes: give the secret of the Cloudflare Access service token again.',
      });
    await this.checkAddress(after, context);
    const kept = await this.keepSecrets(id, change);
    const saved = await this.orDrop(kept, () =>
      this.database.transaction(context, async (tx) => {
        const row = await this.connections.aimRemote(tx, id, { ...after, ...kept });
        if (row === 'taken') throw context.fail('connection_taken');
        if (!row) throw context.fail('connection_not_found');
        return row;
      }),
    );
    this.leases.wake();
    await this.dropAll([
      before.tokenSecretId !== saved.tokenSecretId && before.tokenSecretId,
      before.accessSecretId !== saved.accessSecretId && before.accessSecretId,
    ]);
    return saved.reply();
  }

  async rotateDevice(
    { id }: { id: string },
    context: RequestContext<Requests['rotateDevice']>,
  ): Promise<Connection> {
    requirePermission(context, 'connections:write');
    const row = await this.connections.findFor(context.actor, id);
    if (!row || row.state === 'closed') throw context.fail('connection_not_found');
    await this.devices.rotate(row.deploymentId);
    const opened = await this.connections.update({ id }, context, (connection) => connection.aim({}));
    if (!opened) throw context.fail('connection_not_found');
    this.leases.wake();
    return opened.reply();
  }

  async remove(
    { id }: { id: string },
    context: RequestContext<Requests['deleteConnection']>,
  ): Promise<Record<never, never>> {
    requirePermission(context, 'connections:write');
    const row = await this.foundRemote(id, context);
    await this.closeConnection.execute(
      { deploymentId: row.deploymentId, drain: false, remove: true },
      context,
    );
    await this.devices.forget(row.deploymentId);
    await this.dropAll([row.tokenSecretId, row.accessSecretId]);
    return {};
  }

  private async foundRemote(
    id: string,
    context: Refusing<'connection_not_found' | 'connection_deployed'>,
  ): Promise<ConnectionRow> {
    const row = await this.connections.findFor(context.actor, id);
    if (!row) throw context.fail('connection_not_found');
    if (row.kind === 'deployed') throw context.fail('connection_deployed');
    return row;
  }

  private async checkTarget(
    given: Given,
    context: Refusing<'address_refused' | 'credential_needed' | 'tls_needed'>,
  ): Promise<void> {
    if (given.auth !== 'device' && given.credential === undefined) throw context.fail('credential_needed');
    await this.checkAddress(
      {
        url: given.url,
        accessClientId: given.access?.clientId ?? null,
        tlsFingerprint: given.tlsFingerprint ?? null,
      },
      context,
    );
  }

  /** A name that is not known now may be later: the connection tells. */
  private async checkAddress(
    {
      url,
      accessClientId,
      tlsFingerprint,
    }: Pick<ConnectionTarget, 'url' | 'accessClientId' | 'tlsFingerprint'>,
    context: Refusing<'address_refused' | 'tls_needed'>,
  ): Promise<void> {
    const needsTls = accessClientId !== null || tlsFingerprint !== null;
    if (needsTls && !url.startsWith('wss:')) throw context.fail('tls_needed');
    try {
      await this.devices.outbound.check(url);
    } catch (error) {
      if (error instanceof OutboundRefused) throw context.fail('address_refused', { detail: error.message });
    }
  }

  private async keepSecrets(
    id: string,
    { credential, access }: Pick<Change, 'credential' | 'access'>,
  ): Promise<Partial<Pick<ConnectionTarget, 'tokenSecretId' | 'accessSecretId'>>> {
    const purpose = `remote gateway ${id}`;
    const keep = (name: string, value: string) => this.secrets.keep({ name, value, purpose });
    return {
      ...(credential !== undefined && { tokenSecretId: await keep('gateway credential', credential) }),
      ...(access && { accessSecretId: await keep('Cloudflare Access secret', access.clientSecret) }),
    };
  }

  /** No secret stays in the vault that nothing refers to. */
  private async orDrop<T>(kept: Readonly<Record<string, string | null>>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.dropAll(Object.values(kept));
      throw error;
    }
  }

  private async dropAll(ids: (string | null | false)[]): Promise<void> {
    for (const id of ids) if (id) await this.secrets.drop(id);
  }
}

/** The target with the change applied, but for secrets that are given anew. */
function changed(row: ConnectionRow, change: Change): ConnectionTarget {
  const { access, tlsFingerprint } = change;
  const auth = change.auth ?? row.auth;
  return {
    name: change.name ?? row.name,
    visibility: change.visibility ?? row.visibility,
    url: change.url ?? row.url,
    auth,
    tokenSecretId: auth === 'device' ? null : row.tokenSecretId,
    accessClientId: access === undefined ? row.accessClientId : (access?.clientId ?? null),
    accessSecretId: access === null ? null : row.accessSecretId,
    tlsFingerprint: tlsFingerprint === undefined ? row.tlsFingerprint : plainFingerprint(tlsFingerprint),
  };
}

/** Sixty-four digits, however it was written. */
const plainFingerprint = (text: string | null) =>
  text
    ?.replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase() ?? null;
