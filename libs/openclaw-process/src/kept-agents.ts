import { z } from 'zod';

const Entry = z.looseObject({});
const Written = z.looseObject({
  agents: z.looseObject({ entries: z.record(z.string(), Entry) }),
});

/**
 * The configuration with what people did to the gateway's agents while it ran: agents they added stay, and those that
 * `config` makes keep their name and model, in their own workspace. `before` is the text of the gateway's present
 * `openclaw.json`; what cannot be read as one changes nothing.
 */
export function withAgentsOf<C extends { readonly agents: { readonly entries: object } }>(
  config: C,
  before: string | undefined,
): C {
  const written = Written.safeParse(parse(before));
  if (!written.success) return config;
  const made = config.agents.entries as Readonly<Record<string, { workspace?: string }>>;
  const entries = { ...written.data.agents.entries, ...made };
  for (const [id, entry] of Object.entries(made)) {
    const { workspace } = entry;
    entries[id] = { ...entry, ...written.data.agents.entries[id], ...(workspace && { workspace }) };
  }
  return { ...config, agents: { ...config.agents, entries } };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
