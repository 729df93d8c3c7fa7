'use client';
import type { Secret } from '@aether/contracts/vault';
import { useState } from 'react';
import { useChange, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { RowMenu } from '@/settings/row-menu';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Dialog } from '@/ui/dialog';
import { Fault, Loaded, Skeleton, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Ago } from '@/ui/time';

const LIST = 'GET /api/v1/secrets';

/** What the vault keeps, by name, and who uses it; no value ever comes here. */
export function Secrets() {
  const secrets = useReadPages(LIST, { limit: 50 });
  const canWrite = useMay()('secrets:write');
  const [replacing, setReplacing] = useState<Secret | null>(null);
  return (
    <Card title="Secrets in the vault">
      <Loaded query={secrets} skeleton={<Skeleton rows={2} />}>
        {() => (
          <ul className="divide-y divide-line">
            {secrets.items.map((secret) => (
              <li key={secret.id} className="flex items-center gap-4 py-2">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium" title={secret.name}>
                    {secret.name}
                  </p>
                  <p className="text-12 text-dim">
                    {secret.usedBy.length === 0 ? 'used by nobody' : secret.usedBy.map(useOf).join(', ')}
                  </p>
                </div>
                <span className="text-12 text-dim">
                  set <Ago at={secret.updatedAt} />
                </span>
                {canWrite && (
                  <RowMenu
                    label={`Acts for ${secret.name}`}
                    acts={[{ label: 'Replace the value', act: () => setReplacing(secret) }]}
                  />
                )}
              </li>
            ))}
            {secrets.items.length === 0 && <li className="py-2 text-dim">No secret is kept yet.</li>}
          </ul>
        )}
      </Loaded>
      {secrets.hasNextPage && (
        <Button look="quiet" busy={secrets.isFetchingNextPage} onClick={() => void secrets.fetchNextPage()}>
          More
        </Button>
      )}
      {replacing && <Replace secret={replacing} onClose={() => setReplacing(null)} />}
    </Card>
  );
}

const useOf = ({ service, purpose }: Secret['usedBy'][number]) => `${service} (${purpose})`;

function Replace({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }) {
  const [value, setValue] = useState('');
  const replace = useChange('PUT /api/v1/secrets/{id}', { refresh: [LIST], onDone: onClose });
  return (
    <Dialog open onClose={onClose} title={`Replace ${secret.name}`}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          replace.mutate({ id: secret.id, value });
        }}
      >
        <p className="text-dim">Whoever uses it is told at once and reads the new value.</p>
        <TextField
          label="New value"
          type="password"
          autoComplete="off"
          required
          value={value}
          onChange={(event) => setValue(event.target.value)}
          fault={issueOf(replace.error, 'value')}
        />
        <Fault error={replace.error} />
        <Button type="submit" look="primary" busy={replace.isPending}>
          Replace it
        </Button>
      </form>
    </Dialog>
  );
}
