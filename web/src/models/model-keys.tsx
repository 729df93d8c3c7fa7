'use client';
import type { VirtualKey } from '@aether/contracts/virtual-keys';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useChange, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Part } from '@/settings/part';
import { RowMenu } from '@/settings/row-menu';
import { ShownOnce } from '@/settings/shown-once';
import { Button } from '@/ui/button';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault, Loaded, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Ago } from '@/ui/time';

const LIST = 'GET /api/v1/virtual-keys';

/** The keys by which a deployment uses models: its agent's own, and those that people asked for. */
export function ModelKeys({
  deploymentId,
  renewal,
}: {
  readonly deploymentId: string;
  /** What gives the agent another key, offered while it has none. */
  readonly renewal: ReactNode;
}) {
  const canWrite = useMay()('models:write');
  const keys = useReadPages(LIST, { deploymentId, limit: 50 });
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<{ key: string; baseUrl: string } | null>(null);
  const [revoking, setRevoking] = useState<VirtualKey | null>(null);
  const revoke = useChange('DELETE /api/v1/virtual-keys/{id}', {
    refresh: [LIST],
    onDone: () => setRevoking(null),
  });
  return (
    <Part
      title="Model keys"
      lead="An agent reaches models by a key of its own, never by a provider's. Calls by these keys count for this deployment."
      action={
        canWrite && (
          <Button onClick={() => setNew(true)}>
            <Plus aria-hidden /> New key
          </Button>
        )
      }
    >
      <Loaded query={keys}>
        {() => (
          <>
            {!keys.items.some(({ name, endsAt }) => name === null && endsAt === null) && (
              <div
                role="status"
                className="mb-3 flex flex-wrap items-center justify-between gap-3 rounded-control bg-wait-quiet p-3"
              >
                <p className="text-wait">
                  The agent has no key in force: its turns fail with &ldquo;invalid_api_key&rdquo; until it is
                  started anew, which gives it another.
                </p>
                {renewal}
              </div>
            )}
            <ul className="divide-y divide-line">
              {keys.items.map((key) => (
                <li key={key.id} className="flex items-center gap-4 py-2">
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium">{key.name ?? "The agent's own"}</p>
                    <p className="text-12 text-dim">
                      made <Ago at={key.createdAt} />
                      {key.endsAt && (
                        <>
                          , ends <Ago at={key.endsAt} />
                        </>
                      )}
                    </p>
                  </div>
                  {canWrite && (
                    <RowMenu
                      label={`Acts for the key ${key.name ?? 'of the agent'}`}
                      acts={[{ label: 'Revoke', act: () => setRevoking(key), danger: true }]}
                    />
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {isNew && (
        <NewModelKey
          deploymentId={deploymentId}
          onClose={() => setNew(false)}
          onMade={(made) => {
            setNew(false);
            setShown(made);
          }}
        />
      )}
      <ShownOnce
        title="Your new model key"
        lead={`For OpenAI's and Anthropic's clients, with the base URL ${shown?.baseUrl ?? ''}. It is shown only now; Aether keeps nothing but its hash.`}
        text={shown?.key ?? null}
        onClose={() => setShown(null)}
      />
      <Confirm
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "the agent's own key"}?`}
        verb="Revoke key"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate({ id: revoking.id })}
      >
        {revoking?.name
          ? 'Programs that use it are refused at once.'
          : 'The agent can use no model from then on, until it is started anew with another key.'}
      </Confirm>
    </Part>
  );
}

function NewModelKey({
  deploymentId,
  onClose,
  onMade,
}: {
  readonly deploymentId: string;
  readonly onClose: () => void;
  readonly onMade: (made: { key: string; baseUrl: string }) => void;
}) {
  const [name, setName] = useState('');
  const create = useChange('POST /api/v1/virtual-keys', { refresh: [LIST], onDone: onMade });
  return (
    <Dialog open onClose={onClose} title="New model key">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ deploymentId, name });
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={80}
          value={name}
          placeholder="nightly script"
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(create.error, 'name')}
        />
        <Fault error={create.error} />
        <Button type="submit" look="primary" busy={create.isPending}>
          Make the key
        </Button>
      </form>
    </Dialog>
  );
}
