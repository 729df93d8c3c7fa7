'use client';
import type { Deployment } from '@aether/contracts/deployment';
import { Wrench } from 'lucide-react';
import { useChange } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Copy } from '@/ui/copy';
import { Fault } from '@/ui/feedback';
import { StateIcon, wordOf } from '@/ui/state';
import { useNow } from '@/ui/time';
import { duration } from '@/ui/words';

/** The steps of the present or last operation, with what each found, and what to do about a failure. */
export function StepTimeline({ deployment }: { readonly deployment: Deployment }) {
  const may = useMay();
  const now = useNow();
  const repair = useChange('POST /api/v1/deployments/{id}/repair');
  const { failure, steps } = deployment;
  return (
    <div className="space-y-4">
      <ol aria-label={`Steps of ${deployment.operation}`}>
        {steps.map((step, at) => {
          const isPending = step.state === 'pending';
          return (
            <li key={step.name} className="flex gap-3" data-step={step.name} data-state={step.state}>
              <div className="flex flex-col items-center">
                <StateIcon state={step.state} className="mt-1" />
                {at < steps.length - 1 && <span aria-hidden className={classes('my-1 w-px flex-1', isPending ? 'bg-line' : 'bg-line-strong')} />}
              </div>
              <div className="min-w-0 flex-1 pb-4">
                <p className="flex items-baseline gap-3">
                  <span className={classes('font-mono text-13', isPending && 'text-dim')}>{step.name}</span>
                  <span className="sr-only">{wordOf(step.state)}</span>
                  <span className="figures text-12 text-dim">
                    {step.startedAt && duration((step.finishedAt ? Date.parse(step.finishedAt) : now) - Date.parse(step.startedAt))}
                    {step.state === 'running' && step.deadlineAt && step.startedAt && ` of ${duration(Date.parse(step.deadlineAt) - Date.parse(step.startedAt))} at most`}
                  </span>
                  {step.attempt > 1 && <span className="text-12 text-dim">try {step.attempt}</span>}
                </p>
                {step.detail && <p className="text-12 break-words text-dim">{step.detail}</p>}
              </div>
            </li>
          );
        })}
      </ol>
      {failure && (
        <div role="alert" className="space-y-2 rounded-card border border-line bg-bad-quiet p-4">
          <p className="font-medium text-bad">{failure.cause}</p>
          <p>{failure.remedy}</p>
          <p className="font-mono text-12 text-dim">
            {failure.step} · {failure.code}
          </p>
          <div className="flex gap-2 pt-1">
            {may('deployments:write') && deployment.state === 'failed' && (
              <Button look="primary" size="small" busy={repair.isPending} onClick={() => repair.mutate({ id: deployment.id })}>
                <Wrench aria-hidden /> Repair
              </Button>
            )}
            <Copy label="Copy report" text={JSON.stringify(deployment, null, 2)} />
          </div>
          <Fault error={repair.error} />
        </div>
      )}
    </div>
  );
}
