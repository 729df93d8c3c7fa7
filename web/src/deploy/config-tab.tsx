'use client';
import type { Deployment, RuntimeSettings } from '@aether/contracts/deployment';
import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card, Figure } from '@/ui/card';
import { Fault, issueOf } from '@/ui/feedback';
import { SelectField } from '@/ui/field';
import { Ago } from '@/ui/time';
import { SettingsFields } from './settings-fields';
import { settingsOf, settingsText } from './settings-form';
import { canBegin } from './steps';

/** How a deployment is made, and a change of it with a way back. */
export function ConfigTab({ deployment }: { readonly deployment: Deployment }) {
  const may = useMay();
  return (
    <>
      <Card title="Runs with">
        <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
          <Figure label="Template">{deployment.template}</Figure>
          <Figure label="Runtime">{deployment.runtime}</Figure>
          <Figure label="Model">
            <span title={deployment.model}>{deployment.model}</span>
          </Figure>
          <Figure label="Deployed">
            <Ago at={deployment.createdAt} />
          </Figure>
          <div className="col-span-2 md:col-span-4">
            <dt className="text-12 text-dim">Address of its gateway</dt>
            <dd className="font-mono text-12 break-all">{deployment.url ?? '–'}</dd>
          </div>
          {deployment.image && (
            <div className="col-span-2 md:col-span-4">
              <dt className="text-12 text-dim">Image</dt>
              <dd className="font-mono text-12 break-all">{deployment.image}</dd>
            </div>
          )}
        </dl>
      </Card>
      {may('deployments:write') && <ChangeCard key={deployment.version} deployment={deployment} />}
    </>
  );
}

function ChangeCard({ deployment }: { readonly deployment: Deployment }) {
  const { id, model: present, settings: running, runtime } = deployment;
  const models = useRead('GET /api/v1/models', {});
  const [model, setModel] = useState(present);
  const [text, setText] = useState(settingsText(running));
  const redeploy = useChange('POST /api/v1/deployments/{id}/redeploy', {
    refresh: ['GET /api/v1/deployments/{id}'],
  });
  const settings = changed(running, settingsOf(text), text.isolated);
  const changes = [
    ...(model === present ? [] : [{ name: 'model', from: present, to: model }]),
    ...Object.entries(settings).map(([name, to]) => ({
      name,
      from: String(running?.[name as keyof RuntimeSettings] ?? 'default'),
      to: String(to),
    })),
  ];
  const ids = new Set([present, ...(models.data?.models.map((each) => each.id) ?? [])]);
  return (
    <Card title="Change it">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          redeploy.mutate({
            id,
            ...(model !== present && { model }),
            ...(Object.keys(settings).length > 0 && { settings }),
          });
        }}
      >
        <SelectField
          label="Model"
          value={model}
          onChange={(event) => setModel(event.target.value)}
          fault={issueOf(redeploy.error, 'model')}
        >
          {[...ids].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
        {runtime === 'docker' && <SettingsFields value={text} onChange={setText} error={redeploy.error} />}
        {changes.length > 0 && (
          <ul aria-label="Changes" className="space-y-1 rounded-control bg-raised p-3 font-mono text-12">
            {changes.map(({ name, from, to }) => (
              <li key={name} className="flex flex-wrap items-center gap-2">
                <span className="w-24 text-dim">{name}</span>
                <span className="text-bad line-through">{from}</span>
                <ArrowRight aria-label="becomes" className="size-3.5 text-dim" />
                <span className="text-good">{to}</span>
              </li>
            ))}
          </ul>
        )}
        <Fault error={redeploy.error} />
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-lg text-12 text-dim">
            The agent is stopped after its running turns and started anew. What does not become ready is taken
            back, its state included.
          </p>
          <Button
            type="submit"
            look={changes.length > 0 ? 'primary' : 'plain'}
            busy={redeploy.isPending}
            disabled={!canBegin('redeploy', deployment)}
          >
            {changes.length > 0 ? 'Apply the change' : 'Deploy again as it is'}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Only what differs; what was emptied stays as it runs, since the deployer takes only what changes. */
function changed(
  running: RuntimeSettings | undefined,
  typed: RuntimeSettings | undefined,
  isolated: boolean,
): RuntimeSettings {
  const next = { ...typed, ...(isolated !== (running?.isolated ?? false) && { isolated }) };
  return Object.fromEntries(
    Object.entries(next).filter(([name, value]) => running?.[name as keyof RuntimeSettings] !== value),
  );
}
