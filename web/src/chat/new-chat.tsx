'use client';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, Loaded } from '@/ui/feedback';
import { SelectField, TextField } from '@/ui/field';
import type { Chat } from '@aether/contracts/openclaw';
import { WhoSees } from '@/ui/who-sees';

/** Opens a chat with an agent that is chosen here. */
export function NewChat({
  onClose,
  onOpened,
}: {
  readonly onClose: () => void;
  readonly onOpened: (chatId: string) => void;
}) {
  const agents = useRead('GET /api/v1/agents', {});
  const [chosen, setChosen] = useState('');
  const [title, setTitle] = useState('');
  const [visibility, setVisibility] = useState<Chat['visibility']>('private');
  const create = useChange('POST /api/v1/chats', {
    refresh: ['GET /api/v1/chats'],
    onDone: ({ id }) => onOpened(id),
  });
  return (
    <Dialog open onClose={onClose} title="New chat">
      <Loaded query={agents}>
        {({ items }) => {
          const online = items.filter((each) => each.online);
          const agent = online.find((each) => keyOf(each) === chosen) ?? online[0];
          if (!agent)
            return (
              <p className="text-dim">No agent can be reached. Deploy one, or look at those in trouble.</p>
            );
          return (
            <form
              className="space-y-4"
              onSubmit={(event) => {
                event.preventDefault();
                create.mutate({
                  deploymentId: agent.deploymentId,
                  agentId: agent.id,
                  visibility,
                  ...(title.trim() && { title: title.trim() }),
                });
              }}
            >
              <SelectField
                label="With"
                value={keyOf(agent)}
                onChange={(event) => setChosen(event.target.value)}
              >
                {online.map((each) => (
                  <option key={keyOf(each)} value={keyOf(each)}>
                    {each.deploymentName}
                    {each.name === each.deploymentName ? '' : ` / ${each.name}`}
                  </option>
                ))}
              </SelectField>
              <TextField
                label="Title"
                optional
                maxLength={200}
                value={title}
                onChange={(event) => setTitle(event.target.value)}
                placeholder="What it is about"
              />
              <WhoSees value={visibility} onChange={setVisibility} what="chats" />
              <Fault error={create.error} />
              <div className="flex justify-end">
                <Button type="submit" look="primary" busy={create.isPending}>
                  Start the chat
                </Button>
              </div>
            </form>
          );
        }}
      </Loaded>
    </Dialog>
  );
}

const keyOf = ({ deploymentId, id }: { deploymentId: string; id: string }) => `${deploymentId}/${id}`;
