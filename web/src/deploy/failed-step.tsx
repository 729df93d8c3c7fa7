'use client';
import type { Deployment, StepFailure } from '@aether/contracts/deployment';
import { RotateCcw } from 'lucide-react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Copy } from '@/ui/copy';
import { Fault } from '@/ui/feedback';
import { canBegin, reportOf } from './steps';

const LINES = 12;

/** Why a step failed, its last lines, and the way out. */
export function FailedStep({
  deployment,
  failure,
}: {
  readonly deployment: Deployment;
  readonly failure: StepFailure;
}) {
  const { id } = deployment;
  const isAtStep = deployment.steps.some(({ state }) => state === 'failed');
  const may = useMay();
  // Who tries again and fails again is shown the lines of this time.
  const logs = useRead(
    'GET /api/v1/deployments/{id}/logs',
    { id, limit: LINES, source: 'process' },
    { freshMs: 0 },
  );
  const refresh = ['GET /api/v1/deployments/{id}'] as const;
  const retry = useChange('POST /api/v1/deployments/{id}/retry', { refresh });
  const repair = useChange('POST /api/v1/deployments/{id}/repair', { refresh });
  const again = isAtStep ? retry : repair;
  const lines = logs.data?.lines.map(({ text }) => text) ?? [];
  return (
    <div role="alert" className="mx-4 mb-3 animate-appear space-y-3 rounded-card bg-bad-quiet p-4 sm:ml-11">
      <div>
        <p className="font-medium">{failure.cause}</p>
        <p className="text-dim">{failure.remedy}</p>
        <code className="font-mono text-12 text-dim">{failure.code}</code>
      </div>
      {lines.length > 0 && (
        <pre
          tabIndex={0}
          aria-label="Last lines of the log"
          className="max-h-48 overflow-auto rounded-control border border-line bg-surface p-3 font-mono text-12 whitespace-pre-wrap"
        >
          {lines.join('\n')}
        </pre>
      )}
      <Fault error={again.error} />
      <div className="flex flex-wrap gap-2">
        {canBegin('repair', deployment) && may('deployments:write') && (
          <Button look="primary" size="small" busy={again.isPending} onClick={() => again.mutate({ id })}>
            <RotateCcw aria-hidden /> {isAtStep ? 'Retry from here' : 'Run the steps again'}
          </Button>
        )}
        <Copy text={reportOf(deployment, lines)} label="Copy report" />
      </div>
    </div>
  );
}
