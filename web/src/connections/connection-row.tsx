'use client';
import type { Connection } from '@aether/contracts/connections';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { RowMenu } from '@/settings/row-menu';
import { Button } from '@/ui/button';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { CheckField, TextField } from '@/ui/field';
import { Link } from '@/ui/link';
import { ReasonText } from '@/ui/reason';
import { StateBadge, Tag } from '@/ui/state';
import { Ago } from '@/ui/time';
import { MissingMethods } from './missing-methods';
import { PairingSteps } from './pairing-steps';

type Asked = 'change' | 'forget' | null;

const refresh = ['GET /api/v1/connections'] as const;

export function ConnectionRow({
  connection,
  canWrite,
}: {
  readonly connection: Connection;
  readonly canWrite: boolean;
}) {
  const { id, kind, deploymentId, name, url, state, reason, pairing, gatewayVersion, protocol, missing } =
    connection;
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const rotate = useChange('POST /api/v1/connections/{id}/rotate-device', { refresh });
  const forget = useChange('DELETE /api/v1/connections/{id}', { refresh, onDone: close });
  return (
    <li className="space-y-3 border-b border-line px-4 py-3 last:border-b-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">
            {deploymentId ? (
              <Link href={`/deployments/${deploymentId}/`} className="hover:underline">
                {name}
              </Link>
            ) : (
              name
            )}
          </p>
          <p className="truncate font-mono text-12 text-dim" title={url}>
            {url}
          </p>
          <p className="text-12 text-dim">
            {gatewayVersion ? `OpenClaw ${gatewayVersion}, protocol ${protocol}` : 'Version not known'}
            {connection.nextAttemptAt && state !== 'connected' && (
              <>
                , tried again <Ago at={connection.nextAttemptAt} />
              </>
            )}
          </p>
        </div>
        {connection.visibility === 'private' && <Tag>private</Tag>}
        <StateBadge state={state} />
        {canWrite && kind === 'remote' && (
          <RowMenu
            label={`Acts for ${name}`}
            acts={[
              { label: 'Change, or connect anew', act: () => setAsked('change') },
              { label: 'Show a new device key', act: () => rotate.mutate({ id }) },
              { label: 'Forget', act: () => setAsked('forget'), danger: true },
            ]}
          />
        )}
      </div>
      {pairing ? (
        <PairingSteps pairing={pairing} name={name} />
      ) : (
        reason &&
        state !== 'connected' && (
          <p className="rounded-control bg-wait-quiet px-3 py-2 text-wait">
            <ReasonText reason={reason} />
          </p>
        )
      )}
      <MissingMethods missing={missing} />
      <Fault error={rotate.error} />
      {asked === 'change' && <ChangeConnection connection={connection} onClose={close} />}
      <Confirm
        open={asked === 'forget'}
        onClose={close}
        title={`Forget ${name}?`}
        verb="Forget it"
        busy={forget.isPending}
        error={forget.error}
        onConfirm={() => forget.mutate({ id })}
      >
        Its chats, secrets and device key go from here for good. The gateway itself goes on running.
      </Confirm>
    </li>
  );
}

function ChangeConnection({
  connection,
  onClose,
}: {
  readonly connection: Connection;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(connection.name);
  const [url, setUrl] = useState(connection.url);
  const [isPrivate, setPrivate] = useState(connection.visibility === 'private');
  const [credential, setCredential] = useState('');
  const update = useChange('PATCH /api/v1/connections/{id}', { refresh, onDone: onClose });
  return (
    <Dialog open onClose={onClose} title={`Change ${connection.name}`}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          const visibility = isPrivate ? ('private' as const) : ('open' as const);
          update.mutate({
            id: connection.id,
            name,
            url,
            ...(visibility !== connection.visibility && { visibility }),
            ...(credential && { credential }),
          });
        }}
      >
        <TextField
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(update.error, 'name')}
        />
        <TextField
          label="Address"
          required
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          fault={issueOf(update.error, 'url')}
          className="font-mono"
        />
        {connection.auth !== 'device' && (
          <TextField
            label={connection.auth === 'token' ? 'Token' : 'Password'}
            optional
            type="password"
            autoComplete="off"
            value={credential}
            onChange={(event) => setCredential(event.target.value)}
            hint="The one that is kept stays where this is empty; another address needs it again."
          />
        )}
        <CheckField
          label="Private"
          hint="Only the person who made it and administrators see it; its agents are given no tasks."
          checked={isPrivate}
          onChange={(event) => setPrivate(event.target.checked)}
        />
        <Fault error={update.error} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={update.isPending}>
            Save and connect
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
