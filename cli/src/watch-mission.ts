import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt, TaskWait } from '@aether/contracts/execution';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { Api } from './api.js';
import { tasksOf } from './find-mission.js';
import { followTopic } from './live.js';

/** Events tell at once; reading again is for the case that they do not come through. */
const READ_AGAIN_MS = 2_000;
/** Several changes at the same moment are shown together. */
const SETTLE_MS = 100;

/** A mission as a person watches it. */
export interface MissionPicture {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly attempts: readonly Attempt[];
  /** Of tasks that could start and have not. */
  readonly waits: readonly TaskWait[];
}

export async function pictureOf(api: Api, id: string): Promise<MissionPicture> {
  const [mission, tasks, { items: attempts }] = await Promise.all([
    api.call('GET /api/v1/missions/{id}', { id }),
    tasksOf(api, id),
    api.call('GET /api/v1/attempts', { missionId: id, limit: 100 }),
  ]);
  const idle = mission.state === 'running' ? tasks.filter((task) => isReady(task, tasks)) : [];
  const waits = await Promise.all(
    idle.map(async (task) => (await api.call('GET /api/v1/tasks/{id}/wait', { id: task.id })).wait),
  );
  return { mission, tasks, attempts, waits: waits.filter((wait) => wait !== null) };
}

/** Shows a mission whenever something about it changes, until it rests: ended, or waiting for a person. */
export async function watchMission(
  api: Api,
  id: string,
  options: { timeoutMs: number; onChange: (picture: MissionPicture) => void },
): Promise<MissionPicture> {
  const stop = new AbortController();
  const until = Date.now() + options.timeoutMs;
  let wake = new AbortController();
  const follow = async () => {
    const topic = { target: api.target, topic: `mission/${id}`, signal: stop.signal };
    for await (const { kind } of followTopic(topic)) if (kind === 'frame') wake.abort();
  };
  void follow().catch(() => undefined);
  try {
    for (;;) {
      wake = new AbortController();
      const picture = await pictureOf(api, id);
      options.onChange(picture);
      if (isAtRest(picture) || Date.now() > until) return picture;
      await delay(READ_AGAIN_MS, undefined, { signal: wake.signal }).catch(() => delay(SETTLE_MS));
    }
  } finally {
    stop.abort();
  }
}

/** Nothing goes on until a person does something. */
function isAtRest({ mission, tasks }: MissionPicture): boolean {
  if (!['planning', 'running', 'finishing'].includes(mission.state)) return true;
  if (mission.state !== 'running') return false;
  const busy = tasks.some(({ state }) => state === 'running');
  const asked = tasks.some(
    ({ state, waitsFor }) => state === 'asking' || (state === 'reported' && waitsFor !== 'the merge'),
  );
  return asked && !busy && !tasks.some((task) => isReady(task, tasks));
}

function isReady(task: Task, tasks: readonly Task[]): boolean {
  return (
    task.state === 'waiting' &&
    task.dependsOn.every((id) => tasks.find((other) => other.id === id)?.state === 'accepted')
  );
}
