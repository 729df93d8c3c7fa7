import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CirclePause,
  CircleX,
  Eye,
  LoaderCircle,
  PencilLine,
  Power,
  type LucideIcon,
} from 'lucide-react';
import { classes } from './classes';
import { sentence } from './words';

export type Tone = 'good' | 'wait' | 'bad' | 'info' | 'calm';

interface Look {
  readonly tone: Tone;
  readonly Icon: LucideIcon;
  readonly word?: string;
  readonly spins?: boolean;
}

const done = { tone: 'good', Icon: CircleCheck } as const;
const failed = { tone: 'bad', Icon: CircleX } as const;
const works = { tone: 'info', Icon: LoaderCircle, spins: true } as const;
const ended = { tone: 'calm', Icon: Ban } as const;

/** How each state of missions, tasks, attempts, deployments and connections looks. A word and an icon, never colour alone. */
const looks: Readonly<Record<string, Look>> = {
  draft: { tone: 'calm', Icon: PencilLine },
  planning: works,
  proposed: { tone: 'wait', Icon: Eye, word: 'Plan to review' },
  running: works,
  paused: { tone: 'wait', Icon: CirclePause },
  finishing: works,
  completed: done,
  failed,
  cancelled: ended,
  waiting: { tone: 'calm', Icon: CircleDashed },
  ready: done,
  asking: { tone: 'wait', Icon: CircleHelp, word: 'Asks you' },
  reported: { tone: 'wait', Icon: Eye, word: 'To review' },
  accepted: done,
  deploying: works,
  starting: works,
  stopping: works,
  deleting: works,
  stopped: { tone: 'calm', Icon: Power },
  deleted: ended,
  degraded: { tone: 'wait', Icon: CircleAlert },
  pending: { tone: 'calm', Icon: CircleDashed },
  done,
  connected: done,
  connecting: works,
  disconnected: { tone: 'bad', Icon: CircleX },
  pairing: { tone: 'wait', Icon: CircleHelp, word: 'Waits for approval' },
  refused: failed,
  closed: ended,
  claiming: works,
  preparing: works,
  working: works,
  collecting: works,
  checking: works,
  reporting: works,
  reviewing: { tone: 'wait', Icon: Eye },
  merging: works,
  accepting: works,
  closing: works,
  'sent-back': { tone: 'wait', Icon: CircleAlert },
  abandoned: ended,
};

const plain: Look = { tone: 'calm', Icon: CircleDot };
export const lookOf = (state: string): Look => looks[state] ?? plain;
export const wordOf = (state: string): string => lookOf(state).word ?? sentence(state);

export const toneText: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  wait: 'text-wait',
  bad: 'text-bad',
  info: 'text-info',
  calm: 'text-dim',
};
const toneFill: Readonly<Record<Tone, string>> = {
  good: 'bg-good-quiet text-good',
  wait: 'bg-wait-quiet text-wait',
  bad: 'bg-bad-quiet text-bad',
  info: 'bg-info-quiet text-info',
  calm: 'bg-raised text-dim',
};

export function StateIcon({ state, className }: { readonly state: string; readonly className?: string }) {
  const { Icon, tone, spins } = lookOf(state);
  return (
    <Icon
      aria-hidden
      className={classes('size-4 shrink-0', toneText[tone], spins && 'animate-spin', className)}
    />
  );
}

export function StateBadge({ state, word }: { readonly state: string; readonly word?: string }) {
  const { tone } = lookOf(state);
  return (
    <span
      className={classes(
        'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2 text-12 font-medium whitespace-nowrap',
        toneFill[tone],
      )}
    >
      <StateIcon state={state} className="size-3.5" />
      {word ?? wordOf(state)}
    </span>
  );
}

export function Tag({
  tone = 'calm',
  children,
}: {
  readonly tone?: Tone;
  readonly children: React.ReactNode;
}) {
  return (
    <span
      className={classes(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-11 font-medium whitespace-nowrap',
        toneFill[tone],
      )}
    >
      {children}
    </span>
  );
}
