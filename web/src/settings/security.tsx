'use client';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Fault, issueOf, Loaded } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Part, PartForm } from './part';
import { SecondFactor } from './second-factor';

export function Security() {
  const me = useMe();
  return (
    <Loaded query={me}>
      {({ secondFactor, secondFactorMissing }) => (
        <>
          <SecondFactor isOn={secondFactor} isDemanded={secondFactorMissing} />
          <PasswordPart />
        </>
      )}
    </Loaded>
  );
}

const blank = { currentPassword: '', newPassword: '' };

function PasswordPart() {
  const [form, setForm] = useState(blank);
  const save = useChange('PUT /api/v1/me/password', {
    onDone: () => window.location.assign('/sign-in/?next=/settings/'),
  });
  const set = (name: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [name]: event.target.value });
  return (
    <Part
      title="Password"
      lead="With a new password every session of yours ends, here as well; then you sign in again."
    >
      <PartForm onSubmit={() => save.mutate(form)}>
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          value={form.currentPassword}
          onChange={set('currentPassword')}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          value={form.newPassword}
          onChange={set('newPassword')}
          fault={issueOf(save.error, 'newPassword')}
          hint="At least 12 characters. A few words are easier to keep than signs."
        />
        <Fault error={save.error} />
        <Button type="submit" busy={save.isPending}>
          Change password
        </Button>
      </PartForm>
    </Part>
  );
}
