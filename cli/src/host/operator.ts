import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import { ContractFailure } from '@aether/contracts/failure';
import { CommandError } from '../command-error.js';
import type { Instance } from './instance.js';

/** Asks over the bus as the person at this machine: what no route offers, and what is needed before any account. */
async function askAsOperator<C extends RequestContract>(
  instance: Pick<Instance, 'natsUrl' | 'operatorPassword'>,
  contract: C,
  input: CallInputOf<C>,
): Promise<OutputOf<C>> {
  // Loaded here: most commands speak HTTP only and start faster without the bus.
  const { Messaging } = await import('@aether/messaging/messaging');
  const { serviceContext } = await import('@aether/messaging/context');
  const messaging = await Messaging.connect({
    url: instance.natsUrl,
    user: 'operator',
    password: instance.operatorPassword,
    catalog: null,
    bootTimeoutMs: 5_000,
    reportFault: () => undefined,
  });
  try {
    return await messaging.call(contract, input, serviceContext('operator'));
  } catch (error) {
    if (!(error instanceof ContractFailure)) throw error;
    const { code, message, hint } = error;
    throw new CommandError({ code, detail: message, hint, cause: error });
  } finally {
    await messaging.drain();
  }
}

type Access = Pick<Instance, 'natsUrl' | 'operatorPassword'>;

export async function isSetUp(access: Access): Promise<boolean> {
  const { setUp } = await askAsOperator(access, authRequests.getSetupState, {});
  return setUp;
}

/** A new one-time token for the set-up page; the one before stops working. Fails once the system is set up. */
export async function createSetupToken(access: Access): Promise<string> {
  const { token } = await askAsOperator(access, authRequests.createSetupToken, {});
  return token;
}

/** Address of the set-up page while there is no account yet. The token is in the fragment, which no server logs. */
export async function setupLink(instance: Access & { url: string }): Promise<string | null> {
  if (await isSetUp(instance)) return null;
  return `${instance.url}/setup#token=${await createSetupToken(instance)}`;
}
