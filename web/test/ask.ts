import type { Machine } from '../../cli/test/machine.js';

/** Calls the API as the person whom the command is signed in as; a refusal throws. */
export async function ask<T>(machine: Machine, route: string, body?: object): Promise<T> {
  const [method = 'GET', path = ''] = route.split(' ');
  const response = await fetch(`${machine.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${await machine.apiKey()}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
