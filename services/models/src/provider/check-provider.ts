import type { OutputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import { requireServiceOr } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { ModelCatalogue } from './model-catalogue.js';
import { probe, type Fault } from './probe.js';

type Check = OutputOf<typeof modelsRequests.checkProvider>;

/** For the provider of the environment; one that was added by people is changed with `aether provider`. */
const remedies: Readonly<Record<Fault['code'], string>> = {
  address_refused: 'Add the range of the address to OUTBOUND_ALLOWED_RANGES, and start Aether again.',
  key_refused:
    'Give a key that is valid for this address: MODEL_PROVIDER_API_KEY and a new start, or a new key for the provider.',
  wrong_address_or_model:
    'Check MODEL_PROVIDER_MODEL, and that MODEL_PROVIDER_BASE_URL ends as the provider says (mostly in /v1).',
  no_credit: 'Add credit at the provider, or configure another key.',
  provider_failing: "Look at the provider's status page and try again later.",
  provider_unreachable:
    'Check the base URL (MODEL_PROVIDER_BASE_URL), and that the provider runs and this machine may reach it (proxy, firewall).',
};

/** Asks for an answer of the default model; where several stand behind it, one that works is enough. */
@Injectable()
export class CheckProvider {
  constructor(private readonly catalogue: ModelCatalogue) {}

  async execute(context: Context): Promise<Check> {
    requireServiceOr(context, 'deployments:write');
    const candidates = await this.catalogue.defaultProviders();
    const demo = candidates.length === 0;
    const faults = await Promise.all(
      candidates.map(async ({ provider, model }) => (await probe(await provider(), model)).fault),
    );
    const fault = faults.includes(null) ? null : faults[0];
    return {
      ok: !fault,
      demo,
      cause: fault?.cause ?? null,
      remedy: fault ? remedies[fault.code] : null,
    };
  }
}
