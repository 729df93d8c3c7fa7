import type { TaskWait } from '@aether/contracts/execution';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a task that could start has not been given to an agent, as of the last look. */
@Entity('task_wait')
export class TaskWaitRow {
  @PrimaryColumn('uuid', { name: 'task_id', primaryKeyConstraintName: 'PK_task_wait' })
  taskId: string;

  @Column('text')
  code: TaskWait['code'];

  @Column('text')
  text: string;

  @Column('text', { nullable: true })
  remedy: string | null;

  @Column('timestamptz', { nullable: true })
  until: Date | null;

  reply(): TaskWait {
    const { taskId, code, text, remedy, until } = this;
    return { taskId, code, text, remedy, until: until?.toISOString() ?? null };
  }
}
