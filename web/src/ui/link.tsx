import NextLink from 'next/link';
import type { ComponentProps } from 'react';

/** A link within the console. Nothing is loaded ahead: lists have hundreds of them. */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
