'use client';
import { ShieldCheck, ShieldOff } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { refreshSession } from '@/api/call';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Copy } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { Fault, issueOf } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { Tag } from '@/ui/state';
import { Part, PartForm } from './part';
import { ShownOnce } from './shown-once';

const QrCode = dynamic(() => import('./qr-code').then((module) => module.QrCode), {
  loading: () => <div className="size-52" />,
});

type Step = 'set-up' | 'replace' | 'disable' | null;

/** The code beside the password: set up, new recovery codes, switched off. */
export function SecondFactor({ isOn, isDemanded }: { readonly isOn: boolean; readonly isDemanded: boolean }) {
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const keep = ({ recoveryCodes }: { recoveryCodes: string[] }) => {
    setStep(null);
    setCodes(recoveryCodes);
    // A session that was held back until now may do everything with new tokens.
    void refreshSession();
  };
  const begin = useChange('POST /api/v1/me/second-factor', { onDone: () => setStep('set-up') });
  const confirm = useChange('POST /api/v1/me/second-factor/confirm', {
    onDone: keep,
    refresh: ['GET /api/v1/me'],
  });
  const replace = useChange('POST /api/v1/me/second-factor/recovery-codes', { onDone: keep });
  const disable = useChange('POST /api/v1/me/second-factor/disable', {
    onDone: () => setStep(null),
    refresh: ['GET /api/v1/me'],
  });
  const close = () => {
    setStep(null);
    for (const change of [confirm, replace, disable]) change.reset();
  };
  return (
    <Part
      title="Code at sign-in"
      lead="An authenticator app on your phone gives six digits that sign-in asks for beside the password."
      action={
        isOn ? (
          <Tag tone="good">
            <ShieldCheck aria-hidden className="size-3" /> On
          </Tag>
        ) : (
          <Tag tone="wait">
            <ShieldOff aria-hidden className="size-3" /> Off
          </Tag>
        )
      }
    >
      {isDemanded && (
        <p className="mb-4 rounded-control bg-wait-quiet px-3 py-2 text-wait">
          Your role needs a code at sign-in here. Set it up to go on.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <>
            <Button onClick={() => setStep('replace')}>New recovery codes</Button>
            <Button look="danger" onClick={() => setStep('disable')}>
              Switch off
            </Button>
          </>
        ) : (
          <Button look="primary" busy={begin.isPending} onClick={() => begin.mutate({})}>
            Set up
          </Button>
        )}
      </div>
      <Fault error={begin.error} className="mt-3" />
      <Dialog open={step === 'set-up' && begin.data !== undefined} onClose={close} title="Set up a code">
        <p className="mb-4 text-dim">
          Read this code with your authenticator app, or{' '}
          <a className="text-accent underline" href={begin.data?.uri}>
            open the app on this device
          </a>
          . Then type the six digits that it shows.
        </p>
        <div className="mb-4 flex justify-center">
          {begin.data && <QrCode text={begin.data.uri} label="Code for the authenticator app" />}
        </div>
        <details className="mb-4">
          <summary className="cursor-pointer text-dim">The camera does not work?</summary>
          <p className="mt-3 mb-2 text-12 text-dim">Type this key into the app; its kind is time-based.</p>
          <div className="flex items-center gap-3 rounded-control border border-line bg-canvas p-3">
            <code className="min-w-0 flex-1 font-mono text-13 tracking-wide break-all select-all">
              {(begin.data?.secret.match(/.{1,4}/g) ?? []).join(' ')}
            </code>
            <Copy text={begin.data?.secret ?? ''} />
          </div>
        </details>
        <CodeForm
          verb="Switch on"
          busy={confirm.isPending}
          error={confirm.error}
          onCode={(code) => confirm.mutate({ code })}
        />
      </Dialog>
      <Dialog open={step === 'replace'} onClose={close} title="New recovery codes">
        <p className="mb-4 text-dim">The codes you have now stop working.</p>
        <CodeForm
          verb="Make new codes"
          busy={replace.isPending}
          error={replace.error}
          onCode={(code) => replace.mutate({ code })}
        />
      </Dialog>
      <Dialog open={step === 'disable'} onClose={close} title="Switch the code off">
        <p className="mb-4 text-dim">From then on your password alone opens your account.</p>
        <CodeForm
          verb="Switch off"
          busy={disable.isPending}
          error={disable.error}
          onCode={(code) => disable.mutate({ code })}
        />
      </Dialog>
      <ShownOnce
        title="Recovery codes"
        lead="Each of these works once instead of a code, when the phone is lost. They are shown only now: keep them where the phone is not."
        text={codes && codes.join('\n')}
        fileName="aether-recovery-codes.txt"
        onClose={() => setCodes(null)}
      />
    </Part>
  );
}

function CodeForm({
  verb,
  busy,
  error,
  onCode,
}: {
  readonly verb: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onCode: (code: string) => void;
}) {
  const [code, setCode] = useState('');
  return (
    <PartForm onSubmit={() => onCode(code.trim())}>
      <TextField
        label="Code"
        autoComplete="one-time-code"
        inputMode="numeric"
        autoFocus
        required
        minLength={6}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        fault={issueOf(error, 'code')}
        hint="The six digits that the app shows now."
      />
      <Fault error={error} />
      <Button type="submit" look="primary" busy={busy}>
        {verb}
      </Button>
    </PartForm>
  );
}
