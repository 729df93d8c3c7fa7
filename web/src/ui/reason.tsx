import type { Reason } from '@aether/contracts/connections';

/** Why a thing is as it is, and what to do, with the code to look it up by. */
export function ReasonText({ reason: { cause, remedy, code } }: { readonly reason: Reason }) {
  return (
    <>
      {cause} {remedy} <code className="font-mono text-12">({code})</code>
    </>
  );
}
