'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { call, type CallError } from '@/api/call';
import type { RouteOutput } from '@aether/contracts/routes';
import { Fault, Loaded } from '@/ui/feedback';
import { AccountForm, type Account } from './account-form';
import { ProviderButtons } from './provider-buttons';
import { Door } from './door';
import { useLinkToken } from './link-token';

/** The account that an invitation is for. */
export function Invite() {
  const token = useLinkToken();
  const router = useRouter();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const invitation = useQuery<RouteOutput<'POST /api/v1/invitations/read'>, CallError>({
    queryKey: ['invitation', token],
    queryFn: () => call('POST /api/v1/invitations/read', { token: token ?? '' }),
    enabled: Boolean(token),
  });

  const accept = async ({ email, name, password }: Account) => {
    setBusy(true);
    try {
      await call('POST /api/v1/invitations/accept', { token: token ?? '', name, password });
      await call('POST /api/v1/session', { email, password });
      client.clear();
      router.replace('/');
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setBusy(false);
    }
  };

  if (token === '')
    return (
      <Door title="Open the whole link">
        <p className="text-dim">
          This address lacks the end of the invitation. Open the link as you were sent it.
        </p>
      </Door>
    );
  return (
    <Door
      title="You are invited"
      lead={invitation.data && `As ${invitation.data.role} of this installation.`}
    >
      {invitation.error ? (
        <Fault error={invitation.error} />
      ) : (
        <Loaded query={invitation} skeleton={<div className="h-72" />}>
          {({ email }) => (
            <>
              <AccountForm
                email={email}
                verb="Join"
                busy={busy}
                error={error}
                onSubmit={(account) => void accept(account)}
              />
              <ProviderButtons />
            </>
          )}
        </Loaded>
      )}
    </Door>
  );
}
