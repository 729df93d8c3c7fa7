import type { Approval } from '@aether/contracts/approvals';
import type { Deployment } from '@aether/contracts/deployment';
import type { LiveEvent } from '@aether/contracts/live-frames';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { ModelBudget } from '@aether/contracts/model-budgets';

export type NoticeKind =
  'plan' | 'review' | 'question' | 'approval' | 'task-failed' | 'deployment' | 'budget' | 'paused' | 'ended';

/** Something that a person is told of. */
export interface Notice {
  /** That of the event. */
  readonly id: string;
  readonly kind: NoticeKind;
  /** What it is about: when that goes on, its notice is settled. */
  readonly subject: string;
  readonly title: string;
  readonly about: string;
  readonly href: string;
  /** It ended, and not well. */
  readonly hasFailed?: true;
  readonly at: string;
  readonly isRead: boolean;
  /** Nothing waits there any more. */
  readonly isSettled: boolean;
}

type Told = Pick<Notice, 'kind' | 'title' | 'about' | 'href' | 'hasFailed'>;

/** What an event says about its subject: something to tell, or only that what was told is settled. */
interface Change {
  readonly subject: string;
  readonly told: Told | null;
}

function changeOf({ event, at, data }: LiveEvent): Change | null {
  switch (event.split('.').slice(1, 3).join('.')) {
    case 'missions.mission-created':
    case 'missions.mission-changed':
      return ofMission((data as { mission: Mission }).mission);
    case 'missions.task-changed':
      return ofTask((data as { task: Task }).task);
    case 'openclaw.approval-requested':
    case 'openclaw.approval-decided':
      return ofApproval((data as { approval: Approval }).approval);
    case 'deployer.deployment-changed':
      return ofDeployment((data as { deployment: Deployment }).deployment);
    case 'deployer.deployment-deleted':
      return { subject: `deployment:${(data as { deploymentId: string }).deploymentId}`, told: null };
    case 'models.model-budget-reached':
      return ofBudget((data as { budget: ModelBudget }).budget, at);
    default:
      return null;
  }
}

function ofMission({ id, title, state, reason }: Mission): Change {
  const subject = `mission:${id}`;
  const href = `/missions/${id}/`;
  switch (state) {
    case 'proposed':
      return {
        subject,
        told: { kind: 'plan', title, about: 'Jason made a plan. It waits for approval.', href },
      };
    case 'paused': {
      // Without a reason a person paused it, and knows.
      const told = reason && ({ kind: 'paused', title, about: reason.cause, href } as const);
      return { subject, told };
    }
    case 'completed':
      return {
        subject,
        told: { kind: 'ended', title, about: 'The mission is completed.', href: `${href}?view=overview` },
      };
    case 'failed':
      return {
        subject,
        told: {
          kind: 'ended',
          title,
          about: `It failed. ${reason?.cause ?? ''}`.trim(),
          href,
          hasFailed: true,
        },
      };
    case 'draft':
    case 'planning':
    case 'running':
    case 'finishing':
    case 'cancelled':
      return { subject, told: null };
  }
}

function ofTask({ id, missionId, title, state, reason, agentName, waitsFor }: Task): Change {
  const subject = `task:${id}`;
  const href = `/missions/${missionId}/?task=${id}`;
  const who = agentName ?? 'Its agent';
  if (state === 'asking')
    return { subject, told: { kind: 'question', title, about: `${who} asks: ${reason?.cause ?? ''}`, href } };
  if (state === 'reported' && waitsFor !== 'the merge')
    return {
      subject,
      told: { kind: 'review', title, about: `${who} is done. The work waits for review.`, href },
    };
  if (state === 'failed')
    return { subject, told: { kind: 'task-failed', title, about: reason?.cause ?? 'It failed.', href } };
  return { subject, told: null };
}

function ofApproval({ id, chatId, command, state }: Approval): Change {
  const subject = `approval:${id}`;
  const title = 'An agent asks to run a command';
  const told = { kind: 'approval', title, about: command, href: `/chats/${chatId}/` } as const;
  return { subject, told: state === 'pending' ? told : null };
}

function ofDeployment({ id, name, state, failure }: Deployment): Change {
  const subject = `deployment:${id}`;
  if (state !== 'failed' && state !== 'degraded') return { subject, told: null };
  const title = `${name} ${state === 'failed' ? 'was not deployed' : 'is degraded'}`;
  const about = failure?.cause ?? 'Its timeline says why.';
  return { subject, told: { kind: 'deployment', title, about, href: `/deployments/${id}/` } };
}

/** Told of each refused call, so once a day is enough. */
function ofBudget({ id, scope, scopeId, period }: ModelBudget, at: string): Change {
  const whose = scope === 'organisation' ? 'all models' : `a ${scope}`;
  const spans = period === 'total' ? 'in all' : `per ${period}`;
  return {
    subject: `budget:${id}:${at.slice(0, 10)}`,
    told: {
      kind: 'budget',
      title: `The limit of ${whose} is reached`,
      about: `Model calls beyond the limit ${spans} are refused.`,
      href: scope === 'mission' && scopeId ? `/missions/${scopeId}/` : '/settings/?section=budgets',
    },
  };
}

/** The latest stay. */
const KEPT_MAX = 100;

/**
 * Brings an event into what a person was told, newest first. The same state of the same thing is told once; what goes
 * on settles what was told of it before.
 */
export function withEvent(notices: readonly Notice[], event: LiveEvent): readonly Notice[] {
  const change = changeOf(event);
  if (!change || notices.some(({ id }) => id === event.id)) return notices;
  const { subject, told } = change;
  const open = notices.find((notice) => notice.subject === subject && !notice.isSettled);
  if (open && (open.kind === told?.kind || open.at > event.at)) return notices;
  if (!open && !told) return notices;
  const settled = open
    ? notices.map((notice) => (notice === open ? { ...notice, isRead: true, isSettled: true } : notice))
    : notices;
  if (!told) return settled;
  const fresh = { ...told, id: event.id, subject, at: event.at, isRead: false, isSettled: false };
  return [fresh, ...settled].toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, KEPT_MAX);
}
