'use client';
import { MessagesSquare, Plus } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { useTalk } from '@/chat/use-talk';
import { Body, Page } from '@/frame/page';
import { ButtonLink } from '@/ui/button';
import { Card, Figure } from '@/ui/card';
import { classes } from '@/ui/classes';
import { Empty, Fault, Loaded, Skeleton } from '@/ui/feedback';
import { SearchField } from '@/ui/search-field';
import { money } from '@/ui/words';
import { AgentRowLine, rowGrid } from './agent-row';
import { agentRows, stateOf, type AgentRow } from './agent-rows';

/** Agents that can be reached change their load without an event of their own. */
const LOOK_EVERY_MS = 15_000;

export function Agents() {
  const may = useMay();
  const pool = useRead('GET /api/v1/pool', {}, { everyMs: LOOK_EVERY_MS });
  const deployments = useRead(
    'GET /api/v1/deployments',
    { limit: 200 },
    { enabled: may('deployments:read') },
  );
  const agents = useRead('GET /api/v1/agents', {}, { enabled: may('agents:read') });
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim().toLowerCase());
  const talk = useTalk();
  const rows = agentRows({
    pool: pool.data?.items ?? [],
    deployments: deployments.data?.items ?? [],
    agents: agents.data?.items ?? [],
  });
  const shown = rows.filter(({ name, capabilities }) =>
    [name, ...capabilities].some((text) => text.toLowerCase().includes(search)),
  );
  const chatWith = ({ online, talk: whom }: AgentRow) =>
    online && whom && may('chats:write')
      ? () => talk.mutate({ deploymentId: whom.deploymentId, agentId: whom.agentId })
      : undefined;
  const deploy = may('deployments:write') && (
    <ButtonLink href="/deployments/new/" look="primary">
      <Plus aria-hidden /> Deploy an agent
    </ButtonLink>
  );
  return (
    <Page
      title="Agents"
      actions={
        <>
          <SearchField
            label="Filter agents"
            value={words}
            onWords={setWords}
            placeholder="Name or capability"
            className="w-full md:w-52"
          />
          {may('chats:read') && (
            <ButtonLink href="/chats/">
              <MessagesSquare aria-hidden /> Chats
            </ButtonLink>
          )}
          {deploy}
        </>
      }
    >
      <Body>
        <Loaded query={pool} skeleton={<Skeleton rows={6} height={52} />}>
          {() =>
            rows.length === 0 ? (
              <Empty title="No agents yet" action={deploy}>
                An agent is an OpenClaw gateway that Aether starts and looks after. Deploy one, then chat with
                it or give it missions.
              </Empty>
            ) : (
              <>
                <Totals rows={rows} />
                <Fault error={talk.error} />
                <Card flush>
                  <div
                    aria-hidden
                    className={classes(
                      rowGrid,
                      'hidden border-b border-line px-4 py-2 text-12 text-dim md:grid',
                    )}
                  >
                    <span>Agent</span>
                    <span>Can do</span>
                    <span>Load</span>
                    <span className="text-right">Accepted</span>
                    <span className="text-right">Cost</span>
                    <span className="w-44" />
                  </div>
                  <ul>
                    {shown.map((row) => (
                      <AgentRowLine key={row.id} row={row} onChat={chatWith(row)} />
                    ))}
                  </ul>
                  {shown.length === 0 && (
                    <p className="p-6 text-center text-dim">No agent has this name or capability.</p>
                  )}
                </Card>
              </>
            )
          }
        </Loaded>
      </Body>
    </Page>
  );
}

function Totals({ rows }: { readonly rows: readonly AgentRow[] }) {
  const pooled = rows.flatMap(({ pool }) => (pool ? [pool] : []));
  const online = pooled.filter((each) => each.online);
  const sum = (of: (agent: (typeof pooled)[number]) => number) =>
    pooled.reduce((total, each) => total + of(each), 0);
  const places = online.reduce((total, { concurrency }) => total + concurrency, 0);
  const accepted = sum((each) => each.accepted);
  const ended = accepted + sum((each) => each.failed);
  const trouble = rows.filter((row) => ['failed', 'degraded', 'disconnected'].includes(stateOf(row))).length;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 md:grid-cols-4">
      <Figure label="Can be reached" hint={trouble > 0 ? `${trouble} in trouble` : 'all is well'}>
        {rows.filter((row) => row.online).length} of {rows.length}
      </Figure>
      <Figure label="At work" hint={`room for ${Math.max(0, places - sum((each) => each.load))} more`}>
        {sum((each) => each.load)}
      </Figure>
      <Figure label="Attempts accepted" hint={`${accepted} of ${ended}`}>
        {ended === 0 ? '–' : `${Math.round((accepted / ended) * 100)} %`}
      </Figure>
      <Figure label="Cost so far">{money(sum((each) => each.costUsd))}</Figure>
    </dl>
  );
}
