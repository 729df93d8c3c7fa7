'use client';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Button } from '@/ui/button';
import { Card, Figure } from '@/ui/card';
import { Confirm } from '@/ui/dialog';
import { Fault, Loaded, Skeleton } from '@/ui/feedback';

const VAULT = 'GET /api/v1/system/vault';

/** The keys that seal secrets and sign sessions. */
export function Keys() {
  const vault = useRead(VAULT, {});
  const canWrite = useMay()('system:write');
  const [isAsking, setAsking] = useState(false);
  const rewrap = useChange('POST /api/v1/system/vault/rewrap', { refresh: [VAULT] });
  const rotate = useChange('POST /api/v1/system/signing-keys/rotate', { onDone: () => setAsking(false) });
  return (
    <Card
      title="Keys of the system"
      action={
        canWrite && (
          <Button size="small" onClick={() => setAsking(true)}>
            Sign with a new key
          </Button>
        )
      }
    >
      <Loaded query={vault} skeleton={<Skeleton rows={1} />}>
        {({ masterKeyId, previousMasterKeyId, left }) => (
          <div className="space-y-3">
            <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
              <Figure label="Master key of the vault">
                <code className="font-mono text-13">{masterKeyId}</code>
              </Figure>
              <Figure label="Earlier master key">
                {previousMasterKeyId ? (
                  <code className="font-mono text-13">{previousMasterKeyId}</code>
                ) : (
                  'none'
                )}
              </Figure>
              <Figure
                label="Still under another key"
                hint={left > 0 ? 'bring them under the present one' : undefined}
              >
                {left}
              </Figure>
            </dl>
            {left > 0 && canWrite && (
              <Button busy={rewrap.isPending} onClick={() => rewrap.mutate({})}>
                Bring everything under the present key
              </Button>
            )}
            {rotate.data && (
              <p role="status" className="text-good">
                Sessions are signed with key <code className="font-mono text-12">{rotate.data.kid}</code> now.
              </p>
            )}
            <Fault error={rewrap.error} />
          </div>
        )}
      </Loaded>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Sign sessions with a new key?"
        verb="Use a new key"
        busy={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate({})}
      >
        Nobody has to sign in again: the old key is believed until what it signed has ended.
      </Confirm>
    </Card>
  );
}
