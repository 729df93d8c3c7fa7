'use client';
import type { Chat } from '@aether/contracts/openclaw';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMe } from '@/api/session';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault } from '@/ui/feedback';
import { TextField } from '@/ui/field';
import { WhoSees } from '@/ui/who-sees';

/** What a chat is called, and who sees it. */
export function ChatSettings({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const me = useMe().data;
  const [title, setTitle] = useState(chat.title);
  const [visibility, setVisibility] = useState(chat.visibility);
  const save = useChange('PATCH /api/v1/chats/{id}', {
    refresh: ['GET /api/v1/chats', 'GET /api/v1/chats/{id}'],
    onDone: onClose,
  });
  const mayRestrict = me && (me.id === chat.createdBy || me.role === 'admin');
  return (
    <Dialog open onClose={onClose} title="Chat settings">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            id: chat.id,
            title: title.trim(),
            ...(visibility !== chat.visibility && { visibility }),
          });
        }}
      >
        <TextField
          label="Title"
          required
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <WhoSees
          what="chats"
          value={visibility}
          onChange={setVisibility}
          disabled={!mayRestrict}
          {...(!mayRestrict && { hint: 'The person whose chat it is, or an administrator, says this.' })}
        />
        <Fault error={save.error} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={save.isPending} disabled={title.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
