import { hostname } from 'node:os';
import { IssuedSession } from '@aether/contracts/identity';
import { Api } from './api.js';
import { CommandError, toCommandError } from './command-error.js';
import type { CliConfig } from './config.js';
import { readSignIn, writeSignIn, type SignIn } from './sign-in.js';

const Session = IssuedSession.pick({ user: true, accessToken: true });

export interface Account {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  /** Asked only where the account has a second factor. */
  readonly askCode?: () => Promise<string>;
}

/**
 * Signs in by password, makes an API key for this command on this machine, and keeps that. The session itself is
 * ended: the key can be seen and revoked by name, a forgotten session could not.
 */
export async function signInByPassword(config: CliConfig, account: Account): Promise<SignIn> {
  const { url } = account;
  const started = await startSession(account);
  const session = Session.safeParse(started.body);
  if (!session.success)
    throw new CommandError({
      code: 'unexpected_answer',
      detail: `${url} answered the sign-in with something this command does not know.`,
      hint: 'Check that the address is an Aether of the same version as this command.',
    });
  const { user, accessToken } = session.data;
  const api = new Api({ url, apiKey: accessToken });
  const { apiKey, key } = await createKey(api, user.role);
  const cookies = started.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  await api.send('DELETE /api/v1/session', {}, { cookie: cookies.join('; ') }).catch(() => undefined);
  await replaceSignIn(config, { url, apiKey: key, apiKeyId: apiKey.id, name: user.email });
  return { url, apiKey: key, apiKeyId: apiKey.id, name: user.email };
}

/** Keeps a key that was made elsewhere, once it is known to work. */
export async function signInByKey(config: CliConfig, given: { url: string; key: string }): Promise<SignIn> {
  const me = await new Api({ url: given.url, apiKey: given.key }).call('GET /api/v1/me', {});
  const signIn = { url: given.url, apiKey: given.key, apiKeyId: null, name: me.name };
  await replaceSignIn(config, signIn);
  return signIn;
}

/** Revokes the key of a sign-in where it is ours and the system can be reached. True if it is revoked. */
export async function revokeKey(signIn: SignIn): Promise<boolean> {
  if (signIn.apiKeyId === null) return false;
  const revoked = new Api(signIn).call('DELETE /api/v1/api-keys/{id}', { id: signIn.apiKeyId });
  return revoked.then(
    () => true,
    () => false,
  );
}

async function startSession({ url, email, password, askCode }: Account) {
  const api = new Api({ url, apiKey: null });
  try {
    return await api.send('POST /api/v1/session', { email, password });
  } catch (error) {
    if (!askCode || toCommandError(error).code !== 'second_factor_required') throw error;
    return api.send('POST /api/v1/session', { email, password, code: await askCode() });
  }
}

async function createKey(api: Api, role: 'viewer' | 'operator' | 'admin') {
  const input = { name: `aether-cli@${hostname()}`.slice(0, 80), role };
  try {
    return await api.call('POST /api/v1/api-keys', input);
  } catch (error) {
    // A repeated request whose first answer was lost: that key was never seen, so another is made.
    if (toCommandError(error).code !== 'api_key_already_shown') throw error;
    return api.call('POST /api/v1/api-keys', input);
  }
}

async function replaceSignIn(config: CliConfig, signIn: SignIn): Promise<void> {
  const previous = await readSignIn(config);
  await writeSignIn(config, signIn);
  if (previous?.url === signIn.url && previous.apiKey !== signIn.apiKey) await revokeKey(previous);
}
