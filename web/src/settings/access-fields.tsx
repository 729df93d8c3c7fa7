import type { Role } from '@aether/contracts/schemas';
import { SelectField } from '@/ui/field';
import type { rolesUpTo } from './roles';

type Offered = ReturnType<typeof rolesUpTo>;

/** As whom somebody or something gets in, and for how long. */
export function AccessFields({
  role,
  offered,
  onRole,
  lives,
  life,
  onLife,
}: {
  readonly role: Offered[number] | undefined;
  readonly offered: Offered;
  readonly onRole: (role: Role) => void;
  readonly lives: readonly { readonly value: number; readonly label: string }[];
  readonly life: number;
  readonly onLife: (value: number) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Role"
        value={role?.id}
        onChange={(event) => onRole(event.target.value as Role)}
        hint={role?.lead}
      >
        {offered.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <SelectField label="Works for" value={life} onChange={(event) => onLife(Number(event.target.value))}>
        {lives.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
