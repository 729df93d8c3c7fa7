/** As many chats as can be read side by side. */
export const COLUMNS_MAX = 3;

/** Chats that are open, as `?beside=` names them in order; the chat of the address is always among them. */
export function columnsOf(text: string, id: string): readonly string[] {
  const named = text.split(',').filter((each) => each !== '');
  const ids = new Set(named.includes(id) ? named : [id, ...named]);
  return [...ids].slice(0, COLUMNS_MAX);
}

/** The address of one chat with those that are open beside it, and of a message in it. */
export function addressOf(
  id: string,
  { columns = [], at = null }: { readonly columns?: readonly string[]; readonly at?: number | null } = {},
): string {
  const query = [columns.length > 1 && `beside=${columns.join(',')}`, at !== null && `at=${at}`];
  const text = query.filter((each) => each !== false).join('&');
  return text ? `/chats/${id}/?${text}` : `/chats/${id}/`;
}
