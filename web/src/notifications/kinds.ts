import type { eventTopics } from '@aether/contracts/routes';
import {
  CircleAlert,
  CircleCheck,
  CircleHelp,
  CirclePause,
  Eye,
  ListChecks,
  Rocket,
  Terminal,
  Wallet,
  type LucideIcon,
} from 'lucide-react';
import type { Permission } from '@aether/contracts/permissions';
import type { Tone } from '@/ui/state';
import type { NoticeKind } from './notice';

interface KindLook {
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly tone: Tone;
  /** What it takes to be told of it. */
  readonly needs: Permission;
}

/** What people are told of, in the order of the settings. */
export const noticeKinds: Readonly<Record<NoticeKind, KindLook>> = {
  review: { label: 'Work waits for review', Icon: Eye, tone: 'wait', needs: 'missions:read' },
  plan: { label: 'A plan waits for approval', Icon: ListChecks, tone: 'wait', needs: 'missions:read' },
  question: { label: 'An agent asks a question', Icon: CircleHelp, tone: 'wait', needs: 'missions:read' },
  approval: { label: 'An agent asks to run a command', Icon: Terminal, tone: 'wait', needs: 'chats:read' },
  'task-failed': { label: 'A task has failed', Icon: CircleAlert, tone: 'bad', needs: 'missions:read' },
  paused: { label: 'A mission was paused', Icon: CirclePause, tone: 'wait', needs: 'missions:read' },
  ended: { label: 'A mission has ended', Icon: CircleCheck, tone: 'good', needs: 'missions:read' },
  deployment: { label: 'A deployment has failed', Icon: Rocket, tone: 'bad', needs: 'deployments:read' },
  budget: { label: 'A budget is reached', Icon: Wallet, tone: 'bad', needs: 'usage:read' },
};

export const kindNames = Object.keys(noticeKinds) as NoticeKind[];

/** Owners whose events say so, and what it takes to follow them. */
export const noticeOwners = {
  missions: 'missions:read',
  openclaw: 'chats:read',
  deployer: 'deployments:read',
  models: 'usage:read',
} as const satisfies { [O in keyof typeof eventTopics]?: Permission };

export type NoticeOwner = keyof typeof noticeOwners;
