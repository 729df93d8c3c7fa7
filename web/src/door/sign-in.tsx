'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Fault, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Door } from './door';
import { nextPath } from './next-path';
import { ProviderButtons } from './provider-buttons';

export function SignIn() {
  const router = useRouter();
  const client = useQueryClient();
  const setup = useRead('GET /api/v1/setup', {});
  const [form, setForm] = useState({ email: '', password: '', code: '' });
  const signIn = useChange('POST /api/v1/session', {
    onDone: () => {
      client.clear();
      router.replace(nextPath());
    },
  });
  const wantsCode =
    signIn.error?.code === 'second_factor_required' ||
    signIn.error?.code === 'second_factor_wrong' ||
    form.code !== '';
  const set = (name: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [name]: event.target.value });
  if (setup.data?.setUp === false)
    return (
      <Door title="Set Aether up first" lead="There is no account yet.">
        <p className="text-dim">
          Open the set-up link that <code className="font-mono text-12">aether up</code> printed. It is gone?
          Run <code className="font-mono text-12">npx aether setup</code> on the machine where Aether runs.
        </p>
      </Door>
    );
  return (
    <Door title="Sign in">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          const { code, ...proof } = form;
          signIn.mutate({ ...proof, ...(code && { code }) });
        }}
      >
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={form.email}
          onChange={set('email')}
          fault={issueOf(signIn.error, 'email')}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={form.password}
          onChange={set('password')}
        />
        {wantsCode && (
          <TextField
            label="Code"
            autoComplete="one-time-code"
            autoFocus
            required
            value={form.code}
            onChange={set('code')}
            hint="Six digits of your authenticator app, or a recovery code."
          />
        )}
        {signIn.error?.code !== 'second_factor_required' && <Fault error={signIn.error} />}
        <Button type="submit" look="primary" size="large" className="w-full" busy={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <ProviderButtons />
    </Door>
  );
}
