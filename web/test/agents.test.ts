import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '@aether/contracts/deployment';
import type { PoolAgent } from '@aether/contracts/execution';
import { agentRows, stateOf, successOf } from '../src/agents/agent-rows.js';
import { canBegin, reportOf } from '../src/deploy/steps.js';

const at = '2026-11-23T18:00:00.000Z';

const deployment = (changes: Partial<Deployment> = {}): Deployment => ({
  id: '01a209a5-cb2e-7570-bc65-e8735392f3a7',
  name: 'coder',
  template: 'coding',
  runtime: 'process',
  model: 'aether-demo',
  state: 'ready',
  operation: 'deploy',
  steps: [],
  waitsFor: null,
  deadlineAt: null,
  failure: null,
  capabilities: ['coding'],
  url: null,
  version: 1,
  createdBy: 'ada',
  visibility: 'open',
  createdAt: at,
  updatedAt: at,
  ...changes,
});

const poolAgent = (changes: Partial<PoolAgent> = {}): PoolAgent => ({
  id: '01a209a6-287e-7604-9157-0263fc9f6878',
  deploymentId: deployment().id,
  agentId: 'main',
  name: 'coder',
  capabilities: ['coding', 'review'],
  capabilitiesEdited: true,
  reported: [],
  workplace: 'worktree',
  enabled: true,
  online: true,
  concurrency: 4,
  load: 0,
  accepted: 0,
  failed: 0,
  costUsd: 0,
  updatedAt: at,
  ...changes,
});

describe('the hub of agents', () => {
  test('lists an agent of the pool once, with what people set, and a deployment without one as well', () => {
    const starting = deployment({
      id: '01a209a5-cb2f-7230-9a50-fe51b4aa1934',
      name: 'writer',
      state: 'starting',
    });
    const rows = agentRows({ pool: [poolAgent()], deployments: [deployment(), starting], agents: [] });
    expect(rows.map(({ name, capabilities }) => [name, capabilities])).toEqual([
      ['coder', ['coding', 'review']],
      ['writer', ['coding']],
    ]);
  });

  test('lists who is private to its person, deployed or remote, to be talked to though not in the pool', () => {
    const gateway = {
      connectionId: 'c',
      model: null,
      skills: [],
      online: true,
      visibility: 'private' as const,
    };
    const [own, far] = [deployment({ visibility: 'private' }), '01a209a5-cb30-7b4e-8d28-86de2c9b7d6f'];
    const agents = [
      {
        ...gateway,
        id: 'main',
        name: 'Coder',
        deploymentId: own.id,
        deploymentName: 'coder',
        remote: false,
        first: true,
      },
      {
        ...gateway,
        id: 'two',
        name: 'Two',
        deploymentId: own.id,
        deploymentName: 'coder',
        remote: false,
        first: false,
      },
      {
        ...gateway,
        id: 'main',
        name: 'Main',
        deploymentId: far,
        deploymentName: 'attic',
        remote: true,
        first: true,
      },
    ];
    const rows = agentRows({ pool: [], deployments: [own], agents });
    expect(rows.map(({ name, isPrivate, talk, href }) => [name, isPrivate, talk?.agentId, href])).toEqual([
      ['attic', true, 'main', '/settings/?section=connections'],
      ['coder', true, 'main', `/deployments/${own.id}/`],
      ['coder/Two', true, 'two', `/deployments/${own.id}/`],
    ]);
    expect(rows.map(stateOf)).toEqual(['ready', 'ready', 'ready']);
  });

  test('does not call an agent ready whose gateway is away or whose deployment is not', () => {
    const [online, pool] = [true, poolAgent()];
    expect(stateOf({ deployment: deployment(), pool, online })).toBe('ready');
    expect(stateOf({ deployment: deployment(), pool, online: false })).toBe('disconnected');
    expect(stateOf({ deployment: deployment({ state: 'failed' }), pool, online })).toBe('failed');
    expect(stateOf({ deployment: undefined, pool: poolAgent({ load: 1 }), online })).toBe('working');
  });

  test('tells no success before there were attempts', () => {
    expect(successOf(poolAgent())).toBeNull();
    expect(successOf(poolAgent({ accepted: 3, failed: 1 }))).toBe(0.75);
  });
});

describe('a deployment', () => {
  test('offers only what its state allows', () => {
    const acts = (state: Deployment['state']) =>
      (['start', 'stop', 'restart', 'repair', 'redeploy', 'delete'] as const).filter((act) =>
        canBegin(act, { state }),
      );
    expect(acts('stopped')).toEqual(['start', 'redeploy', 'delete']);
    expect(acts('failed')).toEqual(['stop', 'repair', 'redeploy', 'delete']);
    expect(acts('stopping')).toEqual(['delete']);
    expect(acts('deleting')).toEqual([]);
  });

  test('reports a failure with its step, cause, remedy and last lines', () => {
    const failure = { step: 'start', code: 'killed', cause: 'It was killed.', remedy: 'Repair it.' } as const;
    const report = reportOf(deployment({ state: 'failed', failure }), ['out of memory']);
    for (const part of ['coder', 'killed at start', 'It was killed.', 'Repair it.', 'out of memory'])
      expect(report).toContain(part);
  });
});
