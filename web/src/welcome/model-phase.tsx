'use client';
import { useState } from 'react';
import { useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { ProviderForm } from '@/models/provider-form';
import { Button } from '@/ui/button';
import { Card } from '@/ui/card';
import { Loaded } from '@/ui/feedback';
import { Phase } from './phase';

/** Which model answers: that of a provider, whose key is tried at once, or the built-in demo. */
export function ModelPhase({ onDone }: { readonly onDone: () => void }) {
  const models = useRead('GET /api/v1/models', {});
  const may = useMay();
  const [isAdding, setAdding] = useState(false);
  return (
    <Phase title="Which model should answer?" lead="It can be changed at any time, under Settings.">
      <Loaded query={models}>
        {({ demo, answering }) =>
          isAdding ? (
            <Card title="A provider">
              <ProviderForm onDone={onDone}>
                <Button onClick={() => setAdding(false)}>Back</Button>
              </ProviderForm>
            </Card>
          ) : (
            <>
              {!demo && (
                <p className="rounded-control bg-good-quiet px-3 py-2 text-good">
                  <span className="font-mono">{answering}</span> answers.
                </p>
              )}
              <div className="grid gap-3 sm:grid-cols-2">
                <Choice
                  title="A provider's model"
                  about="OpenRouter, Anthropic, OpenAI, Google, or a server of your own. You need its key; it is tried before it is kept."
                  verb={demo ? 'Set up a provider' : 'Add another'}
                  disabled={!may('models:write')}
                  look={demo ? 'primary' : 'plain'}
                  onChoose={() => setAdding(true)}
                />
                <Choice
                  title={demo ? 'The demo model' : 'Go on with it'}
                  about={
                    demo
                      ? 'Offline, free, and no language model: it does what it is told word by word, so that everything else can be tried.'
                      : 'Agents that ask for no model of their own are answered by it.'
                  }
                  verb={demo ? 'Use the demo model' : 'Go on'}
                  look={demo ? 'plain' : 'primary'}
                  onChoose={onDone}
                />
              </div>
            </>
          )
        }
      </Loaded>
    </Phase>
  );
}

function Choice({
  title,
  about,
  verb,
  look,
  disabled = false,
  onChoose,
}: {
  readonly title: string;
  readonly about: string;
  readonly verb: string;
  readonly look: 'primary' | 'plain';
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <section className="flex flex-col gap-2 rounded-card border border-line bg-surface p-4">
      <h3 className="font-semibold">{title}</h3>
      <p className="flex-1 text-dim">{about}</p>
      <Button look={look} disabled={disabled} onClick={onChoose} className="self-start">
        {verb}
      </Button>
    </section>
  );
}
