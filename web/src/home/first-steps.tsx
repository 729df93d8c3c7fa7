'use client';
import { Check } from 'lucide-react';
import { useMay } from '@/api/session';
import { ButtonLink } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';

/** The way from nothing to a result, for whoever has just arrived. */
export function FirstSteps({ hasAgent }: { readonly hasAgent: boolean }) {
  const steps = [
    {
      title: 'Deploy an agent',
      about: 'Half a minute, on this machine. The demo model answers until you set up a provider.',
      href: '/deployments/new/',
      verb: 'Deploy',
      done: hasAgent,
    },
    {
      title: 'Talk to it',
      about: 'It answers, writes files and runs commands in its own workspace.',
      href: '/agents/',
      verb: 'Open agents',
      done: false,
    },
    {
      title: 'Give it a mission',
      about: 'Say what you want done. Jason plans, agents work side by side, you accept.',
      href: '/missions/new/',
      verb: 'New mission',
      done: false,
    },
  ];
  const isLed = useMay()('deployments:write') && !hasAgent;
  const next = steps.findIndex(({ done }) => !done);
  return (
    <section aria-label="First steps" className="space-y-3">
      <ol className="grid gap-px overflow-hidden rounded-card border border-line bg-line md:grid-cols-3">
        {steps.map(({ title, about, href, verb, done }, at) => (
          <li
            key={title}
            className={classes('flex flex-col gap-2 p-4', at === next ? 'bg-accent-quiet' : 'bg-surface')}
          >
            <span
              className={classes(
                'flex size-6 items-center justify-center rounded-full text-12 font-semibold',
                done ? 'bg-good-quiet text-good' : 'bg-raised text-dim',
              )}
            >
              {done ? <Check aria-label="Done" className="size-3.5" /> : at + 1}
            </span>
            <h2 className="font-semibold">{title}</h2>
            <p className="flex-1 text-dim">{about}</p>
            <ButtonLink
              href={href}
              look={at === next ? 'primary' : 'plain'}
              size="small"
              className="self-start"
            >
              {verb}
            </ButtonLink>
          </li>
        ))}
      </ol>
      {isLed && (
        <p className="text-dim">
          Machine, model and first agent, one after the other:{' '}
          <Link href="/welcome/" className="text-accent underline">
            Go on with the first steps
          </Link>
        </p>
      )}
    </section>
  );
}
