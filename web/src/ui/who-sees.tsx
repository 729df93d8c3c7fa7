'use client';
import type { Visibility } from '@aether/contracts/schemas';
import type { ComponentProps } from 'react';
import { SelectField } from './field';

/** Says who sees a thing beside administrators; `what` names all such things, as in "may read chats". */
export function WhoSees({
  value,
  onChange,
  what,
  ...rest
}: {
  readonly value: Visibility;
  readonly onChange: (visibility: Visibility) => void;
  readonly what: string;
} & Pick<ComponentProps<typeof SelectField>, 'disabled' | 'hint' | 'fault'>) {
  return (
    <SelectField
      label="Who sees it"
      value={value}
      onChange={(event) => onChange(event.target.value as Visibility)}
      {...rest}
    >
      <option value="private">Its person, and administrators</option>
      <option value="open">Everybody who may read {what}</option>
    </SelectField>
  );
}
