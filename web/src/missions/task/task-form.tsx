'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { CheckField, TextArea, TextField } from '@/ui/field';
import { Fault, issueOf } from '@/ui/feedback';

/** `Write the guide` becomes `write-the-guide`, told apart from the keys there are. */
function keyFor(title: string, taken: ReadonlySet<string>): string {
  const base =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40)
      .replace(/^-|-$/g, '') || 'task';
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(key)) return key;
  }
}

const listOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

interface TaskFormProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly missionId: string;
  readonly tasks: readonly Task[];
  /** To be changed; a new one is made where absent. */
  readonly task?: Task;
}

export function TaskForm(props: TaskFormProps) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.task ? 'Change the task' : 'Add a task'}
      widthPx={600}
    >
      <Fields {...props} />
    </Dialog>
  );
}

function Fields({ onClose, missionId, tasks, task }: TaskFormProps) {
  const [form, setForm] = useState({
    title: task?.title ?? '',
    instructions: task?.instructions ?? '',
    requires: task?.requires.join(' ') ?? '',
    minutes: String(task?.estimateMinutes ?? 10),
  });
  const [dependsOn, setDependsOn] = useState<readonly string[]>([]);
  const done = { refresh: ['GET /api/v1/tasks'] as const, onDone: onClose };
  const add = useChange('POST /api/v1/tasks', done);
  const update = useChange('PATCH /api/v1/tasks/{id}', done);
  const error = add.error ?? update.error;
  const set = (name: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm({ ...form, [name]: event.target.value });
  const submit = () => {
    const changes = {
      title: form.title,
      instructions: form.instructions,
      requires: listOf(form.requires),
      estimateMinutes: Number(form.minutes),
    };
    if (task) update.mutate({ id: task.id, ...changes });
    else
      add.mutate({
        ...changes,
        missionId,
        key: keyFor(form.title, new Set(tasks.map(({ key }) => key))),
        dependsOn: [...dependsOn],
      });
  };
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label="Title"
        required
        autoFocus
        maxLength={160}
        value={form.title}
        onChange={set('title')}
        fault={issueOf(error, 'title')}
      />
      <TextArea
        label="Instructions"
        required
        rows={6}
        value={form.instructions}
        onChange={set('instructions')}
        fault={issueOf(error, 'instructions')}
        hint="All the agent is told beside the mission's goal."
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Capabilities it needs"
          optional
          value={form.requires}
          onChange={set('requires')}
          placeholder="coding testing"
        />
        <TextField
          label="Estimate, minutes"
          type="number"
          min={1}
          max={1440}
          required
          value={form.minutes}
          onChange={set('minutes')}
        />
      </div>
      {!task && tasks.length > 0 && (
        <fieldset className="space-y-2">
          <legend className="mb-1.5 text-13 font-medium">Begins after</legend>
          <div className="max-h-40 space-y-1.5 overflow-y-auto rounded-control border border-line p-2.5">
            {tasks.map(({ key, title }) => (
              <CheckField
                key={key}
                label={title}
                checked={dependsOn.includes(key)}
                onChange={({ target }) =>
                  setDependsOn(
                    target.checked ? [...dependsOn, key] : dependsOn.filter((each) => each !== key),
                  )
                }
              />
            ))}
          </div>
        </fieldset>
      )}
      <Fault error={error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it as it is</Button>
        <Button type="submit" look="primary" busy={add.isPending || update.isPending}>
          {task ? 'Save' : 'Add the task'}
        </Button>
      </div>
    </form>
  );
}
