'use client';
import type { ProbeReport } from '@aether/contracts/openclaw';
import { useRead } from '@/api/queries';
import { MissingMethods } from '@/connections/missing-methods';
import { Card, Figure } from '@/ui/card';
import { Empty, Loaded } from '@/ui/feedback';
import { ReasonText } from '@/ui/reason';
import { StateBadge, StateIcon } from '@/ui/state';
import { Ago } from '@/ui/time';

const checkNames = {
  http: 'Answers HTTP',
  handshake: 'Signs in',
  scopes: 'Has its rights',
  call: 'Answers a call',
} as const;

/** The connection to a deployment's gateway, and its last probes. */
export function AgentHealth({ deploymentId }: { readonly deploymentId: string }) {
  const connections = useRead('GET /api/v1/connections', { limit: 200 });
  return (
    <Loaded query={connections}>
      {({ items }) => {
        const connection = items.find((each) => each.deploymentId === deploymentId);
        if (!connection)
          return (
            <Empty title="Not connected yet">The connection opens when the deployment has started.</Empty>
          );
        return (
          <Card title="Health" action={<StateBadge state={connection.state} />} flush>
            {connection.reason && (
              <div className="m-4 rounded-card bg-bad-quiet p-3">
                <ReasonText reason={connection.reason} />
              </div>
            )}
            <dl className="grid grid-cols-2 gap-3 p-4 sm:grid-cols-4">
              <Figure label="Gateway">{connection.gatewayVersion ?? '–'}</Figure>
              <Figure label="Protocol">{connection.protocol ?? '–'}</Figure>
              <Figure label="Gaps filled">{connection.gaps}</Figure>
              <Figure label="Rights">
                <span title={connection.scopes.join(', ')}>{connection.scopes.length}</span>
              </Figure>
            </dl>
            {connection.missing.length > 0 && (
              <div className="border-t border-line p-4">
                <MissingMethods missing={connection.missing} />
              </div>
            )}
            <Probes connectionId={connection.id} />
          </Card>
        );
      }}
    </Loaded>
  );
}

function Probes({ connectionId }: { readonly connectionId: string }) {
  const probes = useRead('GET /api/v1/connections/{id}/probes', { id: connectionId, limit: 10 });
  return (
    <Loaded query={probes}>
      {({ items }) => (
        <ul aria-label="Probes" className="border-t border-line">
          {items.length === 0 && <li className="p-4 text-dim">No probe was made yet.</li>}
          {items.map((probe) => (
            <Probe key={probe.at} probe={probe} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function Probe({ probe }: { readonly probe: ProbeReport }) {
  const ms = probe.checks.reduce((sum, check) => sum + check.ms, 0);
  return (
    <li className="border-b border-line last:border-b-0">
      <details open={!probe.ok}>
        <summary className="flex h-9 cursor-pointer items-center gap-2 px-4">
          <StateIcon state={probe.ok ? 'done' : 'failed'} />
          <span className="flex-1 truncate">{probe.reason?.cause ?? 'All checks passed'}</span>
          <span className="text-12 text-dim">{Math.round(ms)} ms</span>
          <Ago at={probe.at} className="w-16 text-right text-12 text-dim" />
        </summary>
        <ul className="space-y-1 px-4 pb-3 pl-10 text-12">
          {probe.checks.map((check) => (
            <li key={check.name} className="flex items-baseline gap-2">
              <span className={check.ok ? 'text-good' : 'text-bad'}>{check.ok ? 'passed' : 'failed'}</span>
              <span>{checkNames[check.name]}</span>
              <span className="min-w-0 flex-1 truncate text-dim" title={check.detail ?? undefined}>
                {check.detail}
              </span>
              <span className="text-dim">{Math.round(check.ms)} ms</span>
            </li>
          ))}
          {probe.reason && (
            <li className="text-dim">
              <ReasonText reason={probe.reason} />
            </li>
          )}
        </ul>
      </details>
    </li>
  );
}
