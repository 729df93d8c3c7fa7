'use client';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Fault } from '@/ui/feedback';
import { nextPath } from './next-path';
import { keepBinding } from './provider-binding';

/** The identity providers of this installation; nothing where there are none. */
export function ProviderButtons({
  next = nextPath,
  setupToken,
}: {
  /** Where to go once signed in. */
  readonly next?: () => string;
  readonly setupToken?: string;
}) {
  const providers = useRead('GET /api/v1/auth/providers', {});
  const begin = useChange('POST /api/v1/auth/providers/{provider}/sign-in', {
    onDone: ({ url, binding }) => {
      keepBinding({ binding, next: next(), ...(setupToken && { setupToken }) });
      window.location.assign(url);
    },
  });
  if (!providers.data?.items.length) return null;
  return (
    <div className="mt-6 space-y-3 border-t border-line pt-6">
      {providers.data.items.map(({ id, name }) => (
        <Button
          key={id}
          size="large"
          className="w-full"
          busy={begin.isPending && begin.variables.provider === id}
          onClick={() => begin.mutate({ provider: id })}
        >
          Continue with {name}
        </Button>
      ))}
      <Fault error={begin.error} />
    </div>
  );
}
