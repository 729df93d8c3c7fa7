'use client';
import type { RouteOutput } from '@aether/contracts/routes';
import { Laptop, LogOut, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/dialog';
import { Loaded } from '@/ui/feedback';
import { Tag } from '@/ui/state';
import { Ago } from '@/ui/time';
import { clientName } from './client-name';
import { Part } from './part';

type Session = RouteOutput<'GET /api/v1/me/sessions'>['items'][number];

export function Sessions() {
  const sessions = useRead('GET /api/v1/me/sessions', {});
  const [isAsking, setAsking] = useState(false);
  const [doubted, setDoubted] = useState<Session | null>(null);
  const end = useChange('DELETE /api/v1/me/sessions/{id}', {
    refresh: ['GET /api/v1/me/sessions'],
    onDone: () => setDoubted(null),
  });
  const endAll = useChange('DELETE /api/v1/me/sessions', {
    onDone: () => window.location.assign('/sign-in/'),
  });
  return (
    <>
      <Part title="Where you are signed in" lead="End what you do not know, then change your password." flush>
        <Loaded query={sessions}>
          {({ items }) => (
            <ul>
              {items.map((session) => {
                const isPhone = /Android|iPhone/.test(session.userAgent ?? '');
                const Icon = isPhone ? Smartphone : Laptop;
                return (
                  <li
                    key={session.id}
                    className="flex items-center gap-3 border-b border-line px-4 py-3 last:border-b-0"
                  >
                    <Icon aria-hidden className="size-5 shrink-0 text-dim" strokeWidth={1.75} />
                    <div className="min-w-0 flex-1">
                      <p className="flex items-center gap-2 font-medium">
                        <span className="truncate" title={session.userAgent ?? undefined}>
                          {clientName(session.userAgent)}
                        </span>
                        {session.current && <Tag tone="good">This one</Tag>}
                      </p>
                      <p className="truncate text-12 text-dim">
                        {session.address ?? 'Unknown address'} · began <Ago at={session.createdAt} /> · used{' '}
                        <Ago at={session.lastUsedAt} />
                      </p>
                    </div>
                    {!session.current && (
                      <Button size="small" onClick={() => setDoubted(session)}>
                        End
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </Loaded>
      </Part>
      <Part
        title="Sign out everywhere"
        lead="Every session of yours ends, this one as well. API keys go on."
        danger
      >
        <Button look="danger" onClick={() => setAsking(true)}>
          <LogOut aria-hidden /> Sign out everywhere
        </Button>
      </Part>
      <Confirm
        open={doubted !== null}
        onClose={() => {
          end.reset();
          setDoubted(null);
        }}
        title="End this session?"
        verb="End it"
        busy={end.isPending}
        error={end.error}
        onConfirm={() => doubted && end.mutate({ id: doubted.id })}
      >
        {doubted && clientName(doubted.userAgent)} is signed out at once.
      </Confirm>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Sign out everywhere?"
        verb="Sign out everywhere"
        busy={endAll.isPending}
        error={endAll.error}
        onConfirm={() => endAll.mutate({})}
      >
        You sign in again on every device, with your password.
      </Confirm>
    </>
  );
}
