'use client';
import type { AgentFile } from '@aether/contracts/agents';
import type { PoolAgent } from '@aether/contracts/execution';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Dialog } from '@/ui/dialog';
import { Fault, Loaded, Skeleton } from '@/ui/feedback';
import { TextArea } from '@/ui/field';
import { bytes } from '@/ui/words';

const purposes: Readonly<Record<AgentFile['name'], string>> = {
  'AGENTS.md': 'How it works and what it keeps to',
  'SOUL.md': 'Who it is and how it speaks',
  'USER.md': 'Whom it works for',
  'BOOTSTRAP.md': 'What it does first of all',
  'MEMORY.md': 'What it has learnt',
};

type Which = Pick<PoolAgent, 'deploymentId' | 'agentId'>;

/** The files that an agent is told before each turn, as they are in its gateway. */
export function Instructions({ agent }: { readonly agent: PoolAgent }) {
  const { deploymentId, agentId, online } = agent;
  const may = useMay();
  const which = { deploymentId, agentId };
  const [open, setOpen] = useState<AgentFile['name'] | null>(null);
  const files = useRead('GET /api/v1/agents/{deploymentId}/{agentId}/files', which, {
    enabled: online && may('agents:read'),
  });
  return (
    <Card title="Instructions" flush>
      {online ? (
        <Loaded query={files} skeleton={<Skeleton rows={5} />}>
          {({ items }) => (
            <ul className="divide-y divide-line">
              {items.map(({ name, size, missing }) => (
                <li key={name} className="flex min-h-11 items-center gap-3 px-4 py-1.5">
                  <span className="min-w-0 flex-1">
                    <span className="block truncate font-mono text-13">{name}</span>
                    <span className="block truncate text-12 text-dim">{purposes[name]}</span>
                  </span>
                  <span className="text-12 text-dim">{missing ? 'not written' : bytes(size)}</span>
                  <Button size="small" onClick={() => setOpen(name)}>
                    {may('agents:write') ? 'Edit' : 'Read'}
                    <span className="sr-only"> {name}</span>
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      ) : (
        <p className="p-4 text-dim">They are in its gateway, which is not connected.</p>
      )}
      {open && <FileDialog which={which} name={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function FileDialog({
  which,
  name,
  onClose,
}: {
  readonly which: Which;
  readonly name: AgentFile['name'];
  readonly onClose: () => void;
}) {
  const file = useRead('GET /api/v1/agents/{deploymentId}/{agentId}/files/{name}', { ...which, name });
  return (
    <Dialog open onClose={onClose} title={name} widthPx={760}>
      <Loaded query={file}>
        {({ content }) => <Editor which={which} name={name} content={content ?? ''} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function Editor({
  which,
  name,
  content,
  onClose,
}: {
  readonly which: Which;
  readonly name: AgentFile['name'];
  readonly content: string;
  readonly onClose: () => void;
}) {
  const may = useMay()('agents:write');
  const [text, setText] = useState(content);
  const save = useChange('PUT /api/v1/agents/{deploymentId}/{agentId}/files/{name}', {
    refresh: [
      'GET /api/v1/agents/{deploymentId}/{agentId}/files',
      'GET /api/v1/agents/{deploymentId}/{agentId}/files/{name}',
    ],
    onDone: onClose,
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ ...which, name, content: text });
      }}
    >
      <TextArea
        label={purposes[name]}
        hint="Counts from its next turn on. Markdown."
        rows={16}
        maxLength={200_000}
        readOnly={!may}
        className="font-mono"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Fault error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{may ? 'Cancel' : 'Close'}</Button>
        {may && (
          <Button type="submit" look="primary" busy={save.isPending} disabled={text === content}>
            Save
          </Button>
        )}
      </div>
    </form>
  );
}
