import type { Health } from '@aether/contracts/operations';
import { CircleCheck, CircleX } from 'lucide-react';
import { classes } from '@/ui/classes';
import { partLabel } from './owners';

/** One part of Aether, with the reason where it is not well. */
export function PartLine({
  name,
  ok,
  detail,
  className,
}: Health['checks'][number] & { readonly className?: string }) {
  const Icon = ok ? CircleCheck : CircleX;
  return (
    <li className={classes('flex items-start gap-2.5', className)}>
      <Icon aria-hidden className={classes('mt-0.5 size-4 shrink-0', ok ? 'text-good' : 'text-bad')} />
      <div className="min-w-0">
        <p className="font-medium">{partLabel(name)}</p>
        <p className="text-12 break-words text-dim">{detail ?? (ok ? 'well' : 'not well')}</p>
      </div>
    </li>
  );
}
