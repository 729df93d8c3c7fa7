'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Part } from '@/settings/part';
import { Button } from '@/ui/button';
import { Empty, Loaded } from '@/ui/feedback';
import { ConnectionRow } from './connection-row';
import { NewConnection } from './new-connection';

/** Gateways that run elsewhere, and those that Aether deployed: how it is connected to each. */
export function Connections() {
  const connections = useReadPages('GET /api/v1/connections', { limit: 100 });
  const canWrite = useMay()('connections:write');
  const [isNew, setNew] = useState(false);
  const remote = connections.items.filter(({ kind }) => kind === 'remote');
  const deployed = connections.items.filter(({ kind }) => kind === 'deployed');
  const rows = (items: typeof remote) => (
    <ul>
      {items.map((connection) => (
        <ConnectionRow key={connection.id} connection={connection} canWrite={canWrite} />
      ))}
    </ul>
  );
  return (
    <>
      <Part
        title="Gateways that run elsewhere"
        lead="OpenClaw gateways that you run yourself: their agents can be talked to and given tasks like any other."
        action={
          canWrite && (
            <Button look="primary" onClick={() => setNew(true)}>
              <Plus aria-hidden /> Connect a gateway
            </Button>
          )
        }
        flush
      >
        <Loaded query={connections}>
          {() =>
            remote.length === 0 ? (
              <Empty title="None is connected">You need its address, and its token or password.</Empty>
            ) : (
              rows(remote)
            )
          }
        </Loaded>
      </Part>
      {deployed.length > 0 && (
        <Part
          title="Gateways that Aether deployed"
          lead="They are connected by themselves; change them where they were deployed."
          flush
        >
          {rows(deployed)}
        </Part>
      )}
      {isNew && <NewConnection onClose={() => setNew(false)} />}
    </>
  );
}
