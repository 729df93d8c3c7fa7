'use client';
import type { Role } from '@aether/contracts/schemas';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { AccessFields } from './access-fields';
import { rolesUpTo } from './roles';
import { ShownOnce } from './shown-once';

const lives = [
  { value: 24, label: 'One day' },
  { value: 72, label: 'Three days' },
  { value: 168, label: 'One week' },
];

export function InvitePerson({ onClose }: { readonly onClose: () => void }) {
  const me = useMe().data;
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [validH, setValidH] = useState(72);
  const invite = useChange('POST /api/v1/invitations', { refresh: ['GET /api/v1/invitations'] });
  const offered = rolesUpTo(me?.role ?? 'viewer');
  const chosen = offered.find(({ id }) => id === role) ?? offered.at(-1);
  if (invite.data)
    return (
      <ShownOnce
        title="The invitation's link"
        lead={`Send it to ${email} by a way you trust. It works once, and is shown only now.`}
        text={`${window.location.origin}/invite/#token=${invite.data.token}`}
        onClose={onClose}
      />
    );
  return (
    <Dialog open onClose={onClose} title="Invite somebody">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate({ email, role: chosen?.id ?? 'viewer', validH });
        }}
      >
        <TextField
          label="E-mail"
          type="email"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={issueOf(invite.error, 'email')}
          hint="They sign in with it. Aether sends no mail: you get a link to pass on."
        />
        <AccessFields
          role={chosen}
          offered={offered}
          onRole={setRole}
          lives={lives}
          life={validH}
          onLife={setValidH}
        />
        <Fault error={invite.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={invite.isPending}>
            Make link
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
