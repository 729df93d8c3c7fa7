'use client';
import { useChange, useReadPages } from '@/api/queries';
import { Button } from '@/ui/button';
import { Fault, Loaded } from '@/ui/feedback';
import { Ago, useNow } from '@/ui/time';
import { Part } from './part';
import { roleLabel } from './roles';

/** Invitations that can still be used; without any, this part is not there. */
export function Invitations({ canWrite }: { readonly canWrite: boolean }) {
  const invitations = useReadPages('GET /api/v1/invitations', { limit: 100 });
  const now = useNow();
  const revoke = useChange('DELETE /api/v1/invitations/{id}', { refresh: ['GET /api/v1/invitations'] });
  const open = invitations.items.filter(
    ({ acceptedAt, revokedAt, expiresAt }) => !acceptedAt && !revokedAt && Date.parse(expiresAt) > now,
  );
  if (invitations.data && open.length === 0) return null;
  return (
    <Part title="Invited" lead="Their links have not been used yet." flush>
      <Loaded query={invitations}>
        {() => (
          <ul>
            {open.map(({ id, email, role, expiresAt }) => (
              <li key={id} className="flex items-center gap-3 border-b border-line px-4 py-3 last:border-b-0">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium" title={email}>
                    {email}
                  </p>
                  <p className="text-12 text-dim">
                    {roleLabel(role)} · ends <Ago at={expiresAt} />
                  </p>
                </div>
                {canWrite && (
                  <Button
                    size="small"
                    busy={revoke.isPending && revoke.variables.id === id}
                    onClick={() => revoke.mutate({ id })}
                  >
                    Withdraw
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Fault error={revoke.error} className="m-4" />
    </Part>
  );
}
