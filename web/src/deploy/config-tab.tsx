'use client';
import type { Deployment, RuntimeSettings } from '@aether/contracts/deployment';
import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay, useMe } from '@/api/session';
import { ModelKeys } from '@/models/model-keys';
import { UsageChecks } from '@/models/usage-checks';
import { Button } from '@/ui/button';
import { Card, Figure } from '@/ui/card';
import { Fault, issueOf } from '@/ui/feedback';
import { SelectField } from '@/ui/field';
import { Ago } from '@/ui/time';
import { WhoSees } from '@/ui/who-sees';
import { sentence } from '@/ui/words';
import { isContainer, runtimeWords } from './runtimes';
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
          <Figure label="Runtime">{runtimeWords[deployment.runtime]}</Figure>
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
      {may('deployments:write') && <SharingCard deployment={deployment} />}
      {may('models:read') && (
        <ModelKeys deploymentId={deployment.id} renewal={<NewModelKey deployment={deployment} />} />
      )}
      {may('usage:read') && <UsageChecks deploymentId={deployment.id} />}
    </>
  );
}

const RENEWALS = [
  { act: 'restart', route: 'POST /api/v1/deployments/{id}/restart' },
  { act: 'start', route: 'POST /api/v1/deployments/{id}/start' },
  { act: 'repair', route: 'POST /api/v1/deployments/{id}/repair' },
] as const;

/** Whichever of these the deployment's state allows issues a key. */
function NewModelKey({ deployment }: { readonly deployment: Deployment }) {
  const may = useMay();
  const renewal = RENEWALS.find(({ act }) => canBegin(act, deployment));
  const begin = useChange(renewal?.route ?? RENEWALS[0].route, { refresh: ['GET /api/v1/deployments/{id}'] });
  if (!renewal || !may('deployments:write')) return null;
  return (
    <>
      <Button busy={begin.isPending} onClick={() => begin.mutate({ id: deployment.id })}>
        {sentence(renewal.act)} it with a new key
      </Button>
      <Fault error={begin.error} />
    </>
  );
}

/** What is chosen is asked for at once. */
function SharingCard({ deployment }: { readonly deployment: Deployment }) {
  const { id, createdBy, visibility, state } = deployment;
  const isBusy = ['deploying', 'starting', 'stopping', 'deleting'].includes(state);
  const me = useMe().data;
  const share = useChange('PATCH /api/v1/deployments/{id}', {
    refresh: ['GET /api/v1/deployments/{id}', 'GET /api/v1/deployments', 'GET /api/v1/agents'],
  });
  const mayRestrict = me && (me.id === createdBy || me.role === 'admin');
  const hint = !mayRestrict
    ? 'The person who deployed it, or an administrator, says this.'
    : isBusy
      ? 'It can be changed once the present operation has ended.'
      : 'Agents of a private deployment are given no tasks of missions.';
  return (
    <Card title="Sharing">
      <WhoSees
        what="deployments"
        value={visibility}
        onChange={(chosen) => share.mutate({ id, visibility: chosen })}
        disabled={!mayRestrict || isBusy || share.isPending}
        hint={hint}
      />
      <Fault error={share.error} />
    </Card>
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
        {isContainer(runtime) && <SettingsFields value={text} onChange={setText} error={redeploy.error} />}
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
