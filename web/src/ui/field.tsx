'use client';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes';

const control =
  'w-full rounded-control border border-line-strong/60 bg-surface px-2.5 text-13 text-ink placeholder:text-faint hover:border-line-strong aria-invalid:border-bad disabled:opacity-60';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  readonly optional?: boolean;
}

function useField({ hint, fault }: FieldProps) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return { id, 'aria-describedby': describedBy, 'aria-invalid': fault ? true : undefined };
}

function Around({ field, id, children }: { field: FieldProps; id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between text-13 font-medium">
        {field.label}
        {field.optional && <span className="text-12 font-normal text-faint">optional</span>}
      </label>
      {children}
      {field.hint && (
        <p id={`${id}-hint`} className="text-12 text-dim">
          {field.hint}
        </p>
      )}
      {field.fault && (
        <p id={`${id}-fault`} role="alert" className="text-12 text-bad">
          {field.fault}
        </p>
      )}
    </div>
  );
}

function split<P extends FieldProps>({ label, hint, fault, optional, ...rest }: P) {
  return { field: { label, hint, fault, optional: optional ?? false }, rest };
}

export function TextField(props: ComponentProps<'input'> & FieldProps) {
  const { field, rest } = split(props);
  const aria = useField(field);
  return (
    <Around field={field} id={aria.id}>
      <input {...rest} {...aria} className={classes(control, 'h-8', rest.className)} />
    </Around>
  );
}

export function TextArea(props: ComponentProps<'textarea'> & FieldProps) {
  const { field, rest } = split(props);
  const aria = useField(field);
  return (
    <Around field={field} id={aria.id}>
      <textarea {...rest} {...aria} className={classes(control, 'resize-y py-1.5', rest.className)} />
    </Around>
  );
}

export function SelectField(props: ComponentProps<'select'> & FieldProps) {
  const { field, rest } = split(props);
  const aria = useField(field);
  return (
    <Around field={field} id={aria.id}>
      <select {...rest} {...aria} className={classes(control, 'h-8 pr-8', rest.className)} />
    </Around>
  );
}

export function CheckField({
  label,
  hint,
  ...rest
}: ComponentProps<'input'> & { readonly label: ReactNode; readonly hint?: ReactNode }) {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <input {...rest} id={id} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" />
      <label htmlFor={id} className="text-13">
        {label}
        {hint && <span className="block text-12 text-dim">{hint}</span>}
      </label>
    </div>
  );
}
