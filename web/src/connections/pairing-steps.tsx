import type { Pairing } from '@aether/contracts/connections';
import { Copy } from '@/ui/copy';
import { Ago } from '@/ui/time';

/** What is left to do at the gateway's machine; the page goes on by itself once it is done. */
export function PairingSteps({ pairing, name }: { readonly pairing: Pairing; readonly name: string }) {
  return (
    <section aria-label={`Pairing with ${name}`} className="space-y-3 rounded-card bg-wait-quiet p-4">
      <p className="font-medium text-wait">The gateway waits until you approve Aether there.</p>
      <ol className="list-decimal space-y-2 pl-5">
        <li>
          On the machine of the gateway, run:
          <span className="mt-1.5 flex flex-wrap items-center gap-2">
            <code className="min-w-0 flex-1 basis-60 rounded-control border border-line bg-surface px-3 py-2 font-mono text-12 break-all select-all">
              {pairing.command}
            </code>
            <Copy text={pairing.command} />
          </span>
        </li>
        <li>Come back here: the connection begins within seconds, and nothing has to be reloaded.</li>
      </ol>
      <p className="text-12 text-dim">
        Request <code className="font-mono">{pairing.requestId}</code>, made <Ago at={pairing.since} />. The
        gateway forgets it <Ago at={pairing.expiresAt} />; Aether then makes another.
      </p>
    </section>
  );
}
