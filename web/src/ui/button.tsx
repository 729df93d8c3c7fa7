'use client';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';
import { Link } from './link';
import { useReadOnly } from './read-only';

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent font-medium',
  plain: 'bg-surface text-ink hover:bg-raised border-line',
  quiet: 'bg-transparent text-dim hover:text-ink hover:bg-raised border-transparent',
  danger: 'bg-surface text-bad hover:bg-bad-quiet border-line',
} as const;

const sizes = {
  small: 'h-7 px-2 text-12 gap-1.5',
  usual: 'h-8 px-3 text-13 gap-2',
  large: 'h-10 px-4 text-14 gap-2',
};

interface Look {
  readonly look?: keyof typeof looks;
  readonly size?: keyof typeof sizes;
}

const shape = ({ look = 'plain', size = 'usual' }: Look, className?: string) =>
  classes(
    'inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-control border transition-colors duration-150',
    'disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
    looks[look],
    sizes[size],
    className,
  );

type ButtonProps = ComponentProps<'button'> &
  Look & {
    /** A change is under way. Who tells it, changes something: such a button waits while the page is read-only. */
    readonly busy?: boolean;
  };

export function Button({ look, size, busy, className, children, ...rest }: ButtonProps) {
  const isReadOnly = useReadOnly();
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      className={shape({ ...(look && { look }), ...(size && { size }) }, className)}
      {...rest}
      disabled={busy || rest.disabled || (isReadOnly && busy !== undefined)}
    >
      {busy && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
}

export function ButtonLink({ look, size, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link className={shape({ ...(look && { look }), ...(size && { size }) }, className)} {...rest} />;
}

/** A button that is only an icon; `label` is what it does. */
export function IconButton({
  label,
  children,
  className,
  ...rest
}: ComponentProps<'button'> & { readonly label: string; readonly children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-control text-dim transition-colors duration-150 hover:bg-raised hover:text-ink disabled:opacity-50 [&_svg]:size-4',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}
