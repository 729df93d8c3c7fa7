'use client';
import { useState, type ReactNode } from 'react';
import { Button } from '@/ui/button';
import { Fault, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';

export interface Account {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

const PASSWORD_MIN = 12;

/** Name, address and password of an account that is being made. */
export function AccountForm({
  email,
  verb,
  busy,
  error,
  onSubmit,
  children,
}: {
  /** Given by an invitation; asked for where absent. */
  readonly email?: string;
  readonly verb: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (account: Account) => void;
  readonly children?: ReactNode;
}) {
  const [account, setAccount] = useState<Account>({ email: email ?? '', name: '', password: '' });
  const [wasLeft, setLeft] = useState(false);
  const set = (name: keyof Account) => (event: { target: { value: string } }) =>
    setAccount({ ...account, [name]: event.target.value });
  const left = PASSWORD_MIN - account.password.length;
  const isShort = wasLeft && account.password !== '' && left > 0;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(account);
      }}
    >
      {children}
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        readOnly={email !== undefined}
        value={account.email}
        onChange={set('email')}
        fault={issueOf(error, 'email')}
      />
      <TextField
        label="Name"
        autoComplete="name"
        required
        maxLength={80}
        value={account.name}
        onChange={set('name')}
        fault={issueOf(error, 'name')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_MIN}
        value={account.password}
        onChange={set('password')}
        onBlur={() => setLeft(true)}
        hint="At least 12 characters. A few words are easier to keep than signs."
        fault={isShort ? `${left} more` : issueOf(error, 'password')}
      />
      <Fault error={error} />
      <Button type="submit" look="primary" size="large" className="w-full" busy={busy}>
        {verb}
      </Button>
    </form>
  );
}
