'use client';
import type { Deployment, Step } from '@aether/contracts/deployment';
import { useNow } from '@/ui/time';
import { classes } from '@/ui/classes';
import { StateIcon } from '@/ui/state';
import { duration } from '@/ui/words';
import { FailedStep } from './failed-step';
import { stepWords } from './steps';

/** The steps of an operation as they go: what each found, how long it took, and what it waits for. */
export function StepTimeline({ deployment }: { readonly deployment: Deployment }) {
  const { steps, failure } = deployment;
  const failedAt = steps.findIndex(({ state }) => state === 'failed');
  return (
    <ol aria-label="Steps" className="relative">
      {steps.map((step, index) => (
        <li key={`${step.name}-${index}`} className="relative">
          {index < steps.length - 1 && (
            <span
              aria-hidden
              className={classes(
                'absolute top-8 bottom-0 left-[23px] w-px',
                step.state === 'done' ? 'bg-good' : 'bg-line',
              )}
            />
          )}
          <StepLine step={step} waitsFor={step.state === 'running' ? deployment.waitsFor : null} />
          {failure && index === failedAt && <FailedStep deployment={deployment} failure={failure} />}
        </li>
      ))}
      {failure && failedAt === -1 && (
        <li>
          <FailedStep deployment={deployment} failure={failure} />
        </li>
      )}
    </ol>
  );
}

function StepLine({ step, waitsFor }: { readonly step: Step; readonly waitsFor: string | null }) {
  // What went wrong stands in its own box below.
  const detail = step.state === 'failed' ? null : (step.detail ?? waitsFor);
  const isPending = step.state === 'pending';
  return (
    <div
      className={classes(
        'grid min-h-10 grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-3 px-4 py-2 sm:grid-cols-[auto_7rem_minmax(0,1fr)_auto]',
        isPending && 'text-dim',
      )}
    >
      <StateIcon state={step.state} className="relative z-1 translate-y-0.5 bg-surface" />
      <span className="font-mono text-12">{step.name}</span>
      <span className="col-span-2 col-start-2 row-start-2 text-dim break-words sm:col-span-1 sm:col-start-3 sm:row-start-1">
        {!isPending && detail ? detail : stepWords[step.name]}
        {step.attempt > 1 && <span className="ml-2 text-12 text-wait">attempt {step.attempt}</span>}
      </span>
      <Took step={step} />
    </div>
  );
}

function Took({ step: { state, startedAt, finishedAt, deadlineAt } }: { readonly step: Step }) {
  const now = useNow();
  if (!startedAt || state === 'pending') return <span />;
  const begun = Date.parse(startedAt);
  const took = duration(Math.max(0, (finishedAt ? Date.parse(finishedAt) : now) - begun));
  const limit = state === 'running' && deadlineAt ? duration(Date.parse(deadlineAt) - begun) : null;
  return (
    <span className="text-right text-12 whitespace-nowrap text-dim">
      {took}
      {limit && <span className="text-faint"> of {limit}</span>}
    </span>
  );
}
