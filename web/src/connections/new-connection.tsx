'use client';
import type { GatewayAuth, ProbeReport } from '@aether/contracts/connections';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { CheckField, SelectField, TextField } from '@/ui/field';
import { ReasonText } from '@/ui/reason';
import { duration } from '@/ui/words';

const ways: readonly { readonly id: GatewayAuth; readonly label: string; readonly secret: string }[] = [
  { id: 'token', label: 'Its token', secret: 'Token' },
  { id: 'password', label: 'Its password', secret: 'Password' },
  { id: 'device', label: 'Pairing alone', secret: '' },
];

const checkWords: Readonly<Record<ProbeReport['checks'][number]['name'], string>> = {
  http: 'It answers',
  handshake: 'It lets Aether in',
  scopes: 'It grants what Aether needs',
  call: 'It does what it is asked',
};

/** An address and what opens it, tried before or while it is kept. */
export function NewConnection({ onClose }: { readonly onClose: () => void }) {
  const [form, setForm] = useState({
    name: '',
    url: '',
    credential: '',
    clientId: '',
    clientSecret: '',
    tlsFingerprint: '',
  });
  const [isPrivate, setPrivate] = useState(false);
  const [auth, setAuth] = useState<GatewayAuth>('token');
  const way = ways.find(({ id }) => id === auth);
  const test = useChange('POST /api/v1/connections/test');
  const create = useChange('POST /api/v1/connections', {
    refresh: ['GET /api/v1/connections'],
    onDone: onClose,
  });
  const error = create.error ?? test.error;
  const set = (name: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [name]: event.target.value });
  const target = {
    url: form.url.trim(),
    auth,
    ...(auth !== 'device' && form.credential && { credential: form.credential }),
    ...(form.clientId && { access: { clientId: form.clientId, clientSecret: form.clientSecret } }),
    ...(form.tlsFingerprint.trim() && { tlsFingerprint: form.tlsFingerprint.trim() }),
  };
  return (
    <Dialog open onClose={onClose} title="Connect a gateway" widthPx={600}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            name: form.name.trim(),
            visibility: isPrivate ? 'private' : 'open',
            ...target,
          });
        }}
      >
        <TextField
          label="Address"
          required
          autoFocus
          value={form.url}
          onChange={set('url')}
          placeholder="wss://gateway.example.org"
          fault={issueOf(error, 'url')}
          hint="Private addresses must be allowed by OUTBOUND_ALLOWED_RANGES first."
          className="font-mono"
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={80}
            value={form.name}
            onChange={set('name')}
            fault={issueOf(error, 'name')}
          />
          <SelectField
            label="What opens it"
            value={auth}
            onChange={(event) => setAuth(event.target.value as GatewayAuth)}
          >
            {ways.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </SelectField>
        </div>
        {way?.secret && (
          <TextField
            label={way.secret}
            type="password"
            autoComplete="off"
            required
            value={form.credential}
            onChange={set('credential')}
            fault={issueOf(error, 'credential')}
            hint="Kept encrypted, and never shown again."
          />
        )}
        <details className="rounded-control border border-line">
          <summary className="cursor-pointer px-3 py-2 font-medium select-none">
            Cloudflare Access, own certificate
          </summary>
          <div className="grid gap-4 border-t border-line p-3 sm:grid-cols-2">
            <TextField label="Client ID" optional value={form.clientId} onChange={set('clientId')} />
            <TextField
              label="Client secret"
              type="password"
              autoComplete="off"
              required={form.clientId !== ''}
              value={form.clientSecret}
              onChange={set('clientSecret')}
            />
            <div className="sm:col-span-2">
              <TextField
                label="SHA-256 of the certificate"
                optional
                value={form.tlsFingerprint}
                onChange={set('tlsFingerprint')}
                fault={issueOf(error, 'tlsFingerprint')}
                hint="Only this certificate is then taken, in place of a trusted one."
                className="font-mono"
              />
            </div>
          </div>
        </details>
        <CheckField
          label="For you alone"
          hint="Only you and administrators see it and talk to its agents; they are given no tasks."
          checked={isPrivate}
          onChange={(event) => setPrivate(event.target.checked)}
        />
        {test.data && <Report report={test.data} />}
        <Fault error={error} />
        <div className="flex justify-end gap-2">
          <Button busy={test.isPending} disabled={form.url.trim() === ''} onClick={() => test.mutate(target)}>
            Try it
          </Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Connect
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Report({ report: { ok, checks, reason, gatewayVersion } }: { readonly report: ProbeReport }) {
  return (
    <section aria-label="What the gateway answered" className="space-y-2 rounded-card bg-raised p-3">
      <ul className="space-y-1">
        {checks.map((check) => (
          <li key={check.name} className="flex items-start gap-2">
            {check.ok ? (
              <CircleCheck aria-label="Yes" className="mt-0.5 size-4 shrink-0 text-good" />
            ) : (
              <CircleX aria-label="No" className="mt-0.5 size-4 shrink-0 text-bad" />
            )}
            <span className="min-w-0 flex-1 break-words">
              {checkWords[check.name]}
              {check.detail && <span className="text-dim">: {check.detail}</span>}
            </span>
            <span className="text-12 text-dim">{duration(check.ms)}</span>
          </li>
        ))}
      </ul>
      {ok && <p className="text-good">OpenClaw {gatewayVersion} answers.</p>}
      {reason && (
        <p className="text-dim">
          <ReasonText reason={reason} />
        </p>
      )}
    </section>
  );
}
