'use client';
import type { Permission } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { CheckField, TextField } from '@/ui/field';
import { sentence } from '@/ui/words';
import { AccessFields } from './access-fields';
import { rolesUpTo } from './roles';

const lives = [
  { value: 30, label: '30 days' },
  { value: 90, label: '90 days' },
  { value: 365, label: 'One year' },
  { value: 0, label: 'Until it is revoked' },
];
const DAY_MS = 86_400_000;

export function NewKey({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (key: string) => void;
}) {
  const me = useMe().data;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<ReadonlySet<Permission>>(new Set());
  const create = useChange('POST /api/v1/api-keys', {
    refresh: ['GET /api/v1/api-keys'],
    onDone: ({ key }) => onMade(key),
  });
  const offered = rolesUpTo(me?.role ?? 'viewer');
  const chosen = offered.find(({ id }) => id === role) ?? offered.at(-1);
  const toggle = (permission: Permission) => {
    const next = new Set(scopes);
    if (!next.delete(permission)) next.add(permission);
    setScopes(next);
  };
  return (
    <Dialog open onClose={onClose} title="New API key">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            name,
            role: chosen?.id ?? 'viewer',
            ...(scopes.size > 0 && { scopes: [...scopes] }),
            ...(days > 0 && { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() }),
          });
        }}
      >
        <TextField
          label="Name"
          required
          autoFocus
          maxLength={80}
          placeholder="build server"
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(create.error, 'name')}
        />
        <AccessFields
          role={chosen}
          offered={offered}
          onRole={setRole}
          lives={lives}
          life={days}
          onLife={setDays}
        />
        <details className="rounded-control border border-line">
          <summary className="cursor-pointer px-3 py-2 font-medium select-none">
            Limit it to some permissions {scopes.size > 0 && `(${scopes.size})`}
          </summary>
          <fieldset className="grid grid-cols-2 gap-2 border-t border-line p-3">
            <legend className="sr-only">Permissions of the key; none chosen means all of its role</legend>
            {me?.permissions.map((permission) => (
              <CheckField
                key={permission}
                label={sentence(permission).replace(':', ': ')}
                checked={scopes.has(permission)}
                onChange={() => toggle(permission)}
              />
            ))}
          </fieldset>
        </details>
        <Fault error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Make key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
