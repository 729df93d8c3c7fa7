import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { z } from 'zod';
import type { Api } from './api.js';
import { listAll } from './api-pages.js';
import { CommandError } from './command-error.js';

/** How a person names a mission: by its id, by a part of its title, or as the last one. */
export const missionName = z.string().trim().min(1);

export async function findMission(api: Api, name: string): Promise<Mission> {
  if (z.uuid().safeParse(name).success) return api.call('GET /api/v1/missions/{id}', { id: name });
  const { items } = await api.call(
    'GET /api/v1/missions',
    name === 'last' ? { limit: 1 } : { search: name, limit: 10 },
  );
  const [mission, another] = items;
  if (mission && (!another || mission.title === name)) return mission;
  throw new CommandError({
    code: another ? 'mission_ambiguous' : 'mission_not_found',
    detail: another
      ? `Several missions are called something like "${name}".`
      : `There is no mission "${name}".`,
    hint: 'Give the id; `npx aether missions` lists them. `last` is the newest one.',
  });
}

export async function tasksOf(api: Api, missionId: string): Promise<Task[]> {
  return listAll(api, 'GET /api/v1/tasks', { missionId });
}

/** A task by its key, or the only one there is in a state. */
export async function findTask(api: Api, mission: Mission, key: string): Promise<Task> {
  const tasks = await tasksOf(api, mission.id);
  const task = tasks.find((each) => each.key === key || each.id === key);
  if (task) return task;
  throw new CommandError({
    code: 'task_not_found',
    detail: `"${mission.title}" has no task "${key}".`,
    hint: `Its tasks: ${
      tasks
        .map((each) => each.key)
        .reverse()
        .join(', ') || 'none'
    }.`,
  });
}
