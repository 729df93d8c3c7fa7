'use client';
import type { ApiKey } from '@aether/contracts/identity';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useChange, useReadPages } from '@/api/queries';
import { useMay, useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/dialog';
import { Empty, Fault, Loaded } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { Ago, useNow } from '@/ui/time';
import { NewKey } from './new-key';
import { Part } from './part';
import { roleLabel } from './roles';
import { RowMenu } from './row-menu';
import { ShownOnce } from './shown-once';

const LIST = 'GET /api/v1/api-keys';

export function ApiKeys() {
  const keys = useReadPages(LIST, { limit: 100 });
  const canWrite = useMay()('api-keys:write');
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const rotate = useChange('POST /api/v1/api-keys/{id}/rotate', {
    refresh: [LIST],
    onDone: ({ key }) => setShown(key),
  });
  const revoke = useChange('DELETE /api/v1/api-keys/{id}', {
    refresh: [LIST],
    onDone: () => setRevoking(null),
  });
  return (
    <Part
      title="API keys"
      lead="For programs and the command line. A key may do what its role and its scopes allow, and never more than its owner."
      action={
        canWrite && (
          <Button look="primary" onClick={() => setNew(true)}>
            <Plus aria-hidden /> New key
          </Button>
        )
      }
      flush
    >
      <Loaded query={keys}>
        {() =>
          keys.items.length === 0 ? (
            <Empty drawing="lock" title="No keys yet">
              Make one for a script, or sign the command line in with{' '}
              <code className="font-mono">npx aether login</code>.
            </Empty>
          ) : (
            <ul>
              {keys.items.map((apiKey) => (
                <KeyRow
                  key={apiKey.id}
                  apiKey={apiKey}
                  canWrite={canWrite}
                  onRotate={() => rotate.mutate({ id: apiKey.id })}
                  onRevoke={() => setRevoking(apiKey)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {keys.hasNextPage && (
        <Button
          look="quiet"
          className="m-2"
          busy={keys.isFetchingNextPage}
          onClick={() => void keys.fetchNextPage()}
        >
          More
        </Button>
      )}
      <Fault error={rotate.error} className="m-4" />
      {isNew && (
        <NewKey
          onClose={() => setNew(false)}
          onMade={(key) => {
            setNew(false);
            setShown(key);
          }}
        />
      )}
      <ShownOnce
        title="Your new key"
        lead="Send it as Authorization: Bearer <key>. It is shown only now; Aether keeps nothing but its hash."
        text={shown}
        onClose={() => setShown(null)}
      />
      <Confirm
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? ''}?`}
        verb="Revoke key"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate({ id: revoking.id })}
      >
        Programs that use it are refused at once, and so are keys that were made with it.
      </Confirm>
    </Part>
  );
}

function KeyRow({
  apiKey,
  canWrite,
  onRotate,
  onRevoke,
}: {
  readonly apiKey: ApiKey;
  readonly canWrite: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}) {
  const now = useNow();
  const me = useMe().data;
  const isOver = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= now;
  const ended = apiKey.revokedAt ? 'Revoked' : isOver ? 'Expired' : null;
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-3 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="truncate font-medium">{apiKey.name}</span>
          <code className="font-mono text-12 text-dim">{apiKey.prefix}…</code>
          {ended && <Tag tone="bad">{ended}</Tag>}
          {!ended && apiKey.replacedBy && <Tag tone="wait">Replaced</Tag>}
        </p>
        <p className="text-12 text-dim">
          {roleLabel(apiKey.role)}
          {apiKey.scopes && (
            <span title={apiKey.scopes.join(', ')}> · limited to {apiKey.scopes.length} permissions</span>
          )}{' '}
          ·{' '}
          {apiKey.lastUsedAt ? (
            <>
              used <Ago at={apiKey.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {apiKey.expiresAt && !ended && (
            <>
              {' '}
              · ends <Ago at={apiKey.expiresAt} />
            </>
          )}
          {me && apiKey.ownerId !== me.id && me.type === 'user' && ' · of somebody else'}
        </p>
      </div>
      {canWrite && !ended && (
        <RowMenu
          label={`Acts for ${apiKey.name}`}
          acts={[
            ...(apiKey.replacedBy
              ? []
              : [{ label: 'Rotate: the old one works one hour more', act: onRotate }]),
            { label: 'Revoke', act: onRevoke, danger: true },
          ]}
        />
      )}
    </li>
  );
}
