'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { call, CallError } from '@/api/call';
import { useRead } from '@/api/queries';
import { ButtonLink } from '@/ui/button';
import { Loaded } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { AccountForm, type Account } from './account-form';
import { Door } from './door';
import { useLinkToken } from './link-token';
import { ProviderButtons } from './provider-buttons';

/** First account: with the token of the set-up link, then signed in and on to the first steps. */
export function Setup() {
  const setup = useRead('GET /api/v1/setup', {});
  const linkToken = useLinkToken();
  const router = useRouter();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const token = typed.trim() || (linkToken ?? '');
  const isTokenBad = error instanceof CallError && error.code === 'setup_token_invalid';

  const submit = async ({ email, name, password }: Account) => {
    setBusy(true);
    try {
      await call('POST /api/v1/setup', { token, email, name, password });
      await call('POST /api/v1/session', { email, password });
      client.clear();
      router.replace('/welcome/');
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setBusy(false);
    }
  };

  return (
    <Door title="Welcome" lead="Create the first account. It administers this installation.">
      <Loaded query={setup} skeleton={<div className="h-72" />}>
        {({ setUp }) =>
          setUp && !busy ? (
            <div className="space-y-4">
              <p className="text-dim">This system is already set up.</p>
              <ButtonLink href="/sign-in/" look="primary" size="large" className="w-full">
                Sign in
              </ButtonLink>
            </div>
          ) : (
            <>
              <AccountForm
                verb="Create account"
                busy={busy}
                error={error}
                onSubmit={(account) => void submit(account)}
              >
                {(linkToken === '' || isTokenBad) && (
                  <TextField
                    label="Set-up token"
                    required
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                    hint="The end of the link that aether up or npx aether setup printed."
                  />
                )}
              </AccountForm>
              {token !== '' && <ProviderButtons setupToken={token} next={() => '/welcome/'} />}
            </>
          )
        }
      </Loaded>
    </Door>
  );
}
