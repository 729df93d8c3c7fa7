import { setTimeout as delay } from 'node:timers/promises';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { writeEvents } from '@aether/testing/seed';
import type { Client } from 'pg';
import type { AetherSystem } from './aether.js';
import type { ConsolePage, Measured } from './console-page.js';

const TICK_MS = 100;
/** What one request by the API adds: a changed mission and its entry in the thread. */
const EVENTS_PER_CALL = 2;
const INPUT_EVERY_MS = 700;

interface StormOptions {
  readonly system: AetherSystem;
  readonly database: Client;
  readonly perSecond: number;
  readonly seconds: number;
  readonly missions: readonly Mission[];
  readonly tasks: readonly Task[];
}

/**
 * Changes of missions and tasks at a steady rate, rows and events in one transaction as their owner writes them;
 * one of each tick comes by the API, after which the owner's relay takes the others along.
 */
export class Storm {
  private readonly missions: Mission[];
  private readonly tasks: Task[];
  private at = 0;
  written = 0;

  constructor(private readonly options: StormOptions) {
    this.missions = [...options.missions];
    this.tasks = [...options.tasks];
  }

  async run(): Promise<void> {
    const { perSecond, seconds } = this.options;
    const perTick = (perSecond * TICK_MS) / 1_000 - EVENTS_PER_CALL;
    const begun = performance.now();
    for (let tick = 0; tick < (seconds * 1_000) / TICK_MS; tick += 1) {
      await this.tick(perTick, tick);
      await delay(Math.max(0, begun + (tick + 1) * TICK_MS - performance.now()));
    }
  }

  private async tick(count: number, tick: number): Promise<void> {
    const { database, system } = this.options;
    const missions: Mission[] = [];
    const tasks: Task[] = [];
    for (let index = 0; index < count; index += 1) {
      this.at += 1;
      if (this.at % 2 === 0) missions.push(this.changedMission());
      else tasks.push(this.changedTask());
    }
    const who = { type: 'service', id: 'orchestrator', name: 'Orchestrator' };
    await database.query('BEGIN');
    await database.query(
      `UPDATE mission SET version = new.version, state = new.state, spent_tokens = new.tokens, updated_at = now()
       FROM jsonb_to_recordset($1) AS new(id uuid, version int, state text, tokens bigint) WHERE mission.id = new.id`,
      [
        JSON.stringify(
          missions.map(({ id, version, state, spend }) => ({ id, version, state, tokens: spend.tokens })),
        ),
      ],
    );
    await database.query(
      `UPDATE task SET version = new.version, chain_minutes = new.minutes, updated_at = now()
       FROM jsonb_to_recordset($1) AS new(id uuid, version int, minutes int) WHERE task.id = new.id`,
      [
        JSON.stringify(
          tasks.map(({ id, version, chainMinutes }) => ({ id, version, minutes: chainMinutes })),
        ),
      ],
    );
    await writeEvents(database, [
      ...missions.map((mission) => ({
        subject: 'evt.missions.mission-changed.v1',
        payload: { mission, from: mission.state, who, why: null },
      })),
      ...tasks.map((task) => ({
        subject: 'evt.missions.task-changed.v1',
        payload: { task, from: task.state, who, why: null },
      })),
    ]);
    await database.query('COMMIT');
    this.written += count + EVENTS_PER_CALL;
    const [first] = this.options.missions;
    if (first)
      await system.call('PATCH /api/v1/missions/{id}', {
        id: first.id,
        priority: tick % 2 ? 'high' : 'normal',
      });
  }

  private changedMission(): Mission {
    // The first is changed by the API.
    const at = 1 + (this.at % (this.missions.length - 1));
    const mission = this.missions[at];
    if (!mission) throw new Error('there are no missions to change');
    // Now and then one goes on or is paused, and so to another column.
    const isMoved = this.at % 10 === 0;
    const state =
      isMoved && mission.state === 'running'
        ? 'paused'
        : isMoved && mission.state === 'paused'
          ? 'running'
          : mission.state;
    return (this.missions[at] = {
      ...mission,
      state,
      version: mission.version + 1,
      spend: { ...mission.spend, tokens: mission.spend.tokens + 137 },
      updatedAt: new Date().toISOString(),
    });
  }

  private changedTask(): Task {
    const at = this.at % this.tasks.length;
    const task = this.tasks[at];
    if (!task) throw new Error('there are no tasks to change');
    return (this.tasks[at] = {
      ...task,
      version: task.version + 1,
      chainMinutes: 10 + (this.at % 60),
      updatedAt: new Date().toISOString(),
    });
  }
}

/** A screen while the storm passes, with somebody who moves on it by the keyboard. */
export async function watchStorm(
  console: ConsolePage,
  { path, storm }: { path: string; storm: Storm | null },
  seconds: number,
): Promise<Measured> {
  await console.visit(path);
  await delay(2_000);
  return console.measure(async () => {
    let isOver = false;
    const passing = (storm ? storm.run() : delay(seconds * 1_000)).finally(() => (isOver = true));
    while (!isOver) {
      await console.page.keyboard.press('Tab');
      await delay(INPUT_EVERY_MS);
    }
    await passing;
  });
}
