'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { call } from '@/api/call';
import { ButtonLink } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { Door } from './door';
import { takeBinding } from './provider-binding';

const SIGN_IN = { href: '/sign-in/', words: 'Back to sign-in' };

/** Where an identity provider sends the browser back to. */
export function ProviderAnswer() {
  const router = useRouter();
  const client = useQueryClient();
  const [error, setError] = useState<Error | null>(null);
  const [back, setBack] = useState(SIGN_IN);
  useEffect(() => {
    const answer = window.location.search;
    // The code in it works once; still, it should not stay in the history.
    if (answer) window.history.replaceState(null, '', window.location.pathname);
    const kept = takeBinding();
    if (!kept) {
      if (answer) setError(new Error('This sign-in was begun in another tab or browser. Begin it here.'));
      else router.replace('/sign-in/');
      return;
    }
    const { next, ...proof } = kept;
    if (proof.setupToken) setBack({ href: `/setup/#token=${proof.setupToken}`, words: 'Back to set-up' });
    call('POST /api/v1/session/provider', { answer, ...proof }).then(
      () => {
        client.clear();
        router.replace(next);
      },
      (cause: unknown) => setError(cause instanceof Error ? cause : new Error(String(cause))),
    );
  }, [client, router]);
  return (
    <Door title={error ? 'You are not signed in' : 'Signing in'}>
      {error ? (
        <div className="space-y-4">
          <Fault error={error} />
          <ButtonLink href={back.href} look="primary" size="large" className="w-full">
            {back.words}
          </ButtonLink>
        </div>
      ) : (
        <p className="text-dim">Your identity provider answered; one moment.</p>
      )}
    </Door>
  );
}
