'use client';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe, type Me } from '@/api/session';
import { Button } from '@/ui/button';
import { Fault, issueOf, Loaded } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Tag } from '@/ui/state';
import { sentence } from '@/ui/words';
import { Part, PartForm } from './part';

export function Profile() {
  const me = useMe();
  return <Loaded query={me}>{(person) => <NamePart me={person} />}</Loaded>;
}

function NamePart({ me }: { readonly me: Me }) {
  const [name, setName] = useState(me.name);
  const save = useChange('PATCH /api/v1/me', { refresh: ['GET /api/v1/me', 'GET /api/v1/users'] });
  const isChanged = name.trim() !== me.name && name.trim() !== '';
  return (
    <Part title="Who you are" lead="Others see your name beside what you do.">
      <PartForm onSubmit={() => save.mutate({ name })}>
        <TextField
          label="Name"
          autoComplete="name"
          maxLength={80}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          fault={issueOf(save.error, 'name')}
        />
        <TextField
          label="E-mail"
          value={me.email ?? ''}
          readOnly
          hint="You sign in with it; it stays as it is."
        />
        <p className="flex items-center gap-2 text-dim">
          Role <Tag>{sentence(me.role)}</Tag>
        </p>
        <Fault error={save.error} />
        <Button type="submit" look="primary" disabled={!isChanged} busy={save.isPending}>
          Save name
        </Button>
        {save.isSuccess && !isChanged && (
          <span role="status" className="ml-3 text-good">
            Saved
          </span>
        )}
      </PartForm>
    </Part>
  );
}
