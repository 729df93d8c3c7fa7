'use client';
import type { ModelProvider, OfferedModel } from '@aether/contracts/providers';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Fault, Loaded } from '@/ui/feedback';
import { CheckField } from '@/ui/field';
import { SearchField } from '@/ui/search-field';
import { compact, money, plural } from '@/ui/words';

/** More are found by searching. */
const SHOWN_MAX = 200;
const CHOSEN_MAX = 50;

const about = ({ contextWindow, inputUsdPerMillion, outputUsdPerMillion, priceFrom }: OfferedModel) =>
  [
    contextWindow !== null && `${compact(contextWindow)} tokens`,
    inputUsdPerMillion !== null &&
      outputUsdPerMillion !== null &&
      `${money(inputUsdPerMillion)} in, ${money(outputUsdPerMillion)} out a million`,
    priceFrom === 'catalogue' && 'price from a catalogue, may be out of date',
  ]
    .filter(Boolean)
    .join(' · ');

/** Which of the models on the provider's own list agents may use. */
export function ProviderModels({
  provider,
  onClose,
}: {
  readonly provider: ModelProvider;
  readonly onClose: () => void;
}) {
  const offered = useRead('GET /api/v1/providers/{id}/models', { id: provider.id });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(provider.models.map(({ id }) => id)));
  const [words, setWords] = useState('');
  const save = useChange('PATCH /api/v1/providers/{id}', {
    refresh: ['GET /api/v1/providers', 'GET /api/v1/models'],
    onDone: onClose,
  });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Dialog open onClose={onClose} title={`Models of ${provider.name}`} widthPx={640}>
      <div className="space-y-4">
        <SearchField label="Search models" value={words} onWords={setWords} placeholder="Search" />
        <Loaded query={offered}>
          {({ items }) => {
            const found = items.filter(({ id }) => id.toLowerCase().includes(words.trim().toLowerCase()));
            return (
              <ul className="max-h-80 space-y-2 overflow-y-auto rounded-control border border-line p-3">
                {found.slice(0, SHOWN_MAX).map((model) => (
                  <li key={model.id}>
                    <CheckField
                      label={<span className="font-mono text-12 break-all">{model.id}</span>}
                      hint={about(model)}
                      checked={chosen.has(model.id)}
                      onChange={() => toggle(model.id)}
                    />
                  </li>
                ))}
                {found.length === 0 && <li className="text-dim">The provider has no model of this name.</li>}
                {found.length > SHOWN_MAX && (
                  <li className="text-12 text-dim">{found.length - SHOWN_MAX} more: search to see them.</li>
                )}
              </ul>
            );
          }}
        </Loaded>
        <Fault error={save.error} />
        <div className="flex items-center justify-between gap-3">
          <span className="text-12 text-dim">{plural(chosen.size, 'model')} chosen</span>
          <Button
            look="primary"
            disabled={chosen.size === 0 || chosen.size > CHOSEN_MAX}
            busy={save.isPending}
            onClick={() =>
              save.mutate({ id: provider.id, models: [...chosen].map((model) => ({ id: model })) })
            }
          >
            Try and save
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
