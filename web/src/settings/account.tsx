'use client';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe, useSignOut } from '@/api/session';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Fault, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';

export function AccountSettings() {
  const me = useMe().data;
  const signOut = useSignOut();
  const [name, setName] = useState(me?.name ?? '');
  const [passwords, setPasswords] = useState({ currentPassword: '', newPassword: '' });
  const rename = useChange('PATCH /api/v1/me', { refresh: ['GET /api/v1/me'] });
  const change = useChange('PUT /api/v1/me/password', { onDone: () => void signOut() });
  return (
    <>
      <Card title="Name">
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            rename.mutate({ name });
          }}
        >
          <TextField
            label="How you are shown"
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
            fault={issueOf(rename.error, 'name')}
            hint={`${me?.email ?? ''}, ${me?.role ?? ''}`}
          />
          <Fault error={rename.error} />
          <Button type="submit" busy={rename.isPending} disabled={name === me?.name}>
            Save
          </Button>
        </form>
      </Card>
      <Card title="Password">
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(passwords);
          }}
        >
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            required
            value={passwords.currentPassword}
            onChange={(event) => setPasswords({ ...passwords, currentPassword: event.target.value })}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            required
            minLength={12}
            value={passwords.newPassword}
            onChange={(event) => setPasswords({ ...passwords, newPassword: event.target.value })}
            hint="At least 12 characters. Every session of yours ends, this one as well."
            fault={issueOf(change.error, 'newPassword')}
          />
          <Fault error={change.error} />
          <Button type="submit" busy={change.isPending}>
            Change the password
          </Button>
        </form>
      </Card>
    </>
  );
}
