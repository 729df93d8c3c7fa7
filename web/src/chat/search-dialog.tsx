'use client';
import { wordsOf, type FoundMessage } from '@aether/contracts/chat-search';
import { useDeferredValue, useState } from 'react';
import { Dialog } from '@/ui/dialog';
import { CheckField } from '@/ui/field';
import { SearchField } from '@/ui/search-field';
import { FoundMessages } from './found-messages';

/** Searches the messages of one chat, or of all. */
export function SearchDialog({
  chatId,
  onPick,
  onClose,
}: {
  readonly chatId: string;
  readonly onPick: (found: FoundMessage) => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [isEverywhere, setEverywhere] = useState(false);
  const query = useDeferredValue(typed.trim());
  return (
    <Dialog open onClose={onClose} title="Search messages">
      <div className="space-y-3">
        <SearchField
          label="Words of the message"
          placeholder="Words"
          value={typed}
          maxLength={200}
          autoFocus
          onWords={setTyped}
        />
        <CheckField
          label="In all chats"
          checked={isEverywhere}
          onChange={(event) => setEverywhere(event.target.checked)}
        />
        {wordsOf(query).length > 0 && (
          <FoundMessages query={query} chatId={isEverywhere ? undefined : chatId} onPick={onPick} />
        )}
      </div>
    </Dialog>
  );
}
