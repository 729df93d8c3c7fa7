'use client';
import { UserPlus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useReadPages } from '@/api/queries';
import { useMay, useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Invitations } from './invitations';
import { InvitePerson } from './invite-person';
import { Part } from './part';
import { PersonRow } from './person-row';

const Permissions = dynamic(() => import('./permissions').then((module) => module.Permissions), {
  loading: () => <Skeleton rows={3} />,
});

export function People() {
  const people = useReadPages('GET /api/v1/users', { limit: 100 });
  const canWrite = useMay()('users:write');
  const me = useMe().data;
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <Part
        title="People"
        lead="Everybody with an account here."
        action={
          canWrite && (
            <Button look="primary" onClick={() => setInviting(true)}>
              <UserPlus aria-hidden /> Invite
            </Button>
          )
        }
        flush
      >
        <Loaded query={people}>
          {() => (
            <ul>
              {people.items.map((person) => (
                <PersonRow key={person.id} person={person} isMe={person.id === me?.id} canWrite={canWrite} />
              ))}
            </ul>
          )}
        </Loaded>
        {people.hasNextPage && (
          <Button
            look="quiet"
            className="m-2"
            busy={people.isFetchingNextPage}
            onClick={() => void people.fetchNextPage()}
          >
            More
          </Button>
        )}
      </Part>
      <Invitations canWrite={canWrite} />
      <Part title="What the roles may do" lead="A higher role has all that a lower one has." flush>
        <Permissions />
      </Part>
      {isInviting && <InvitePerson onClose={() => setInviting(false)} />}
    </>
  );
}
