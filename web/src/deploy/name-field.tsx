import type { ComponentProps } from 'react';
import { TextField } from '@/ui/field';

/** The name of a deployment or preset. */
export function NameField({
  onName,
  ...rest
}: Omit<ComponentProps<typeof TextField>, 'label' | 'onChange'> & {
  readonly onName: (name: string) => void;
}) {
  return (
    <TextField
      {...rest}
      label="Name"
      required
      pattern="[a-z0-9](?:[a-z0-9\-]{0,46}[a-z0-9])?"
      title="1 to 48 lower-case letters, digits and dashes, no dash at either end"
      onChange={(event) => onName(event.target.value)}
    />
  );
}
