'use client';
import { ArrowUp, X } from 'lucide-react';
import { useChange, useRead } from '@/api/queries';
import { Part } from '@/settings/part';
import { IconButton } from '@/ui/button';
import { Fault, Loaded } from '@/ui/feedback';

/** What answers agents that ask for no model of their own, and what stands in for it. */
export function DefaultModels({ canWrite }: { readonly canWrite: boolean }) {
  const chosen = useRead('GET /api/v1/models/default', {});
  const offered = useRead('GET /api/v1/models', {});
  const save = useChange('PUT /api/v1/models/default', {
    refresh: ['GET /api/v1/models/default', 'GET /api/v1/models'],
  });
  const set = (models: readonly string[]) => save.mutate({ models: [...models] });
  return (
    <Part
      title="Answers by default"
      lead="The first answers agents that ask for no model of their own; the next stands in when it cannot."
    >
      <Loaded query={chosen}>
        {({ models }) => {
          const others = offered.data?.models.filter(
            ({ id, demo }) => !demo && id !== 'default' && !models.includes(id),
          );
          return (
            <div className="space-y-3">
              {models.length === 0 && <p className="text-dim">The built-in demo model answers.</p>}
              <ol className="space-y-1">
                {models.map((model, at) => (
                  <li key={model} className="flex items-center gap-2">
                    <span className="w-5 text-right text-12 text-dim">{at + 1}.</span>
                    <span className="min-w-0 flex-1 truncate font-mono text-12" title={model}>
                      {model}
                    </span>
                    {canWrite && at > 0 && (
                      <IconButton
                        label={`Ask ${model} earlier`}
                        onClick={() => set(models.with(at, models[at - 1] ?? model).with(at - 1, model))}
                      >
                        <ArrowUp aria-hidden />
                      </IconButton>
                    )}
                    {canWrite && (
                      <IconButton
                        label={`Take ${model} out`}
                        onClick={() => set(models.filter((each) => each !== model))}
                      >
                        <X aria-hidden />
                      </IconButton>
                    )}
                  </li>
                ))}
              </ol>
              {canWrite && others && others.length > 0 && (
                <select
                  aria-label="Add a model that answers by default"
                  value=""
                  onChange={(event) => set([...models, event.target.value])}
                  className="h-8 w-full max-w-md rounded-control border border-line bg-surface px-2 text-dim"
                >
                  <option value="">Add another…</option>
                  {others.map(({ id }) => (
                    <option key={id}>{id}</option>
                  ))}
                </select>
              )}
              <Fault error={save.error} />
            </div>
          );
        }}
      </Loaded>
    </Part>
  );
}
