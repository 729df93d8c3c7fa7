import { z } from 'zod';

/** Id of any stored thing: a UUID (version 7, so that ids sort by time of creation). */
export const Id = z.uuid();

/** A UTC instant in ISO 8601. */
export const Instant = z.iso.datetime();

/** Name of a deployment or key, as people type it: safe in subjects, paths and host names. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/,
    'use 1 to 48 lower-case letters, digits and dashes, no dash at either end',
  );

/** One line of text for people, without control characters. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'control characters are not allowed');

/** A key, token or password that is sent in a header. */
export const HeaderSecret = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'use printable characters without spaces');

/** The address of a server with one of these protocols (as a pattern, without the colon), and nothing but its address. */
export const ServerUrl = (protocol: RegExp, error?: string) =>
  z
    .url({ protocol, ...(error !== undefined && { error }) })
    .max(500)
    .refine(isBare, 'leave out user, password, query and fragment');

function isBare(text: string): boolean {
  const { username, password, search, hash } = new URL(text);
  return !username && !password && !search && !hash;
}

export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

const rank: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** True where `role` may do what `needed` may. */
export function roleAllows(role: Role, needed: Role): boolean {
  return rank[role] >= rank[needed];
}

/** Who sees a thing beside its owner and administrators: everybody who may read its kind, or nobody. */
export const Visibility = z.enum(['open', 'private']).meta({ id: 'Visibility' });
export type Visibility = z.infer<typeof Visibility>;

/** Query of a paged list. `cursor` is opaque: pass back `nextCursor` unchanged. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(512).optional(),
});

/** One page; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Empty input or output. */
export const Nothing = z.object({});
