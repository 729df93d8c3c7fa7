'use client';
import type { PoolAgent } from '@aether/contracts/execution';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { TextField } from '@/ui/field';

/** Opens a chat with an agent and goes there. */
export function NewChat({
  agent,
  onClose,
}: {
  readonly agent: Pick<PoolAgent, 'deploymentId' | 'agentId' | 'name'>;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const [title, setTitle] = useState('');
  const create = useChange('POST /api/v1/chats', {
    refresh: ['GET /api/v1/chats'],
    onDone: ({ id }) => {
      onClose();
      router.push(`/chats/${id}/`);
    },
  });
  return (
    <Dialog open onClose={onClose} title={`Chat with ${agent.name}`}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            deploymentId: agent.deploymentId,
            agentId: agent.agentId,
            ...(title.trim() && { title: title.trim() }),
          });
        }}
      >
        <TextField
          label="Title"
          optional
          autoFocus
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder="What it is about"
        />
        <Fault error={create.error} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={create.isPending}>
            Start the chat
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
