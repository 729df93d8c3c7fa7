'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Part } from '@/settings/part';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Empty, Loaded } from '@/ui/feedback';
import { DefaultModels } from './default-models';
import { ProviderForm } from './provider-form';
import { ProviderRow } from './provider-row';
import { Usage } from './usage';
import { UsageChecks } from './usage-checks';

/** Whose models agents may use, which answer by default, and what they took. */
export function ModelProviders() {
  const may = useMay();
  const providers = useRead('GET /api/v1/providers', {});
  const [isNew, setNew] = useState(false);
  const canWrite = may('models:write');
  return (
    <>
      <Part
        title="Providers"
        lead="Agents get keys of Aether's own; what you give here never reaches them."
        action={
          canWrite && (
            <Button look="primary" onClick={() => setNew(true)}>
              <Plus aria-hidden /> Add a provider
            </Button>
          )
        }
        flush
      >
        <Loaded query={providers}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No provider yet">
                The built-in demo model answers: offline and free, and no language model.
              </Empty>
            ) : (
              <ul>
                {items.map((provider) => (
                  <ProviderRow key={provider.id} provider={provider} canWrite={canWrite} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Part>
      <DefaultModels canWrite={canWrite} />
      {may('usage:read') && <Usage />}
      {may('usage:read') && <UsageChecks />}
      <Dialog open={isNew} onClose={() => setNew(false)} title="Add a provider">
        <ProviderForm onDone={() => setNew(false)} />
      </Dialog>
    </>
  );
}
