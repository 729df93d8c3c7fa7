import { describe, expect, test } from '@jest/globals';
import type { DeploymentState, Operation } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import { Deployment, ForbiddenTransition } from '../src/deployment.entity.js';
import { plans } from '../src/operation-plan.js';

const correlationId = newId();
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1_000);

function created(): Deployment {
  return Deployment.create(
    {
      id: newId(),
      name: 'one',
      template: 'general',
      runtime: 'process',
      model: 'demo',
      settings: {},
      capabilities: [],
      visibility: 'open',
      createdBy: 'me',
    },
    { correlationId, at: at(0) },
  );
}

function finishAll(deployment: Deployment, seconds = 1): Deployment {
  for (let step = deployment.nextStep; step; step = deployment.nextStep) {
    deployment.startStep(step.name, { waitsFor: 'it', deadlineAt: at(60), at: at(seconds) });
    deployment.finishStep(step.name, { detail: null, at: at(seconds) });
  }
  return deployment;
}

const failure = { step: 'start', code: 'x', cause: 'It broke.', remedy: 'Mend it.' } as const;

describe('a deployment', () => {
  test.each(Object.keys(plans) as Operation[])(
    '%s goes through its steps to the state it names',
    (operation) => {
      const deployment = created();
      deployment.begin(operation, { correlationId, at: at(0) });
      expect(deployment.state).toBe(plans[operation].during);
      finishAll(deployment);
      expect(deployment.state).toBe(plans[operation].after);
      expect(deployment.steps.map(({ name }) => name)).toEqual(plans[operation].steps);
    },
  );

  test('in a state that will change by itself says what it waits for, and until when', () => {
    const deployment = created();
    expect(deployment).toMatchObject({ state: 'deploying', waitsFor: 'its turn' });
    expect(deployment.deadlineAt?.getTime()).toBeGreaterThan(start);
    deployment.startStep('preflight', { waitsFor: 'room', deadlineAt: at(30), at: at(1) });
    expect(deployment).toMatchObject({ waitsFor: 'room', deadlineAt: at(30) });
    finishAll(deployment);
    expect(deployment).toMatchObject({ state: 'ready', waitsFor: null, deadlineAt: null });
  });

  test('does its steps in order and each once', () => {
    const deployment = created();
    const late = { detail: null, at: at(1) };
    expect(() => deployment.finishStep('prepare', late)).toThrow(ForbiddenTransition);
    deployment.startStep('preflight', { waitsFor: 'it', deadlineAt: at(9), at: at(0) });
    deployment.finishStep('preflight', late);
    expect(() => deployment.finishStep('preflight', late)).toThrow(ForbiddenTransition);
  });

  test('that has failed takes no result of the step that was running', () => {
    const deployment = created();
    deployment.startStep('preflight', { waitsFor: 'it', deadlineAt: at(9), at: at(0) });
    deployment.fail({ ...failure, step: 'preflight' }, at(5));
    expect(() => deployment.finishStep('preflight', { detail: null, at: at(6) })).toThrow(
      ForbiddenTransition,
    );
    expect(deployment.steps[0]).toMatchObject({ state: 'failed', detail: 'It broke.' });
  });

  test('that failed behind its start begins at the start again, and what was done before stays done', () => {
    const deployment = created();
    while (deployment.nextStep && deployment.nextStep.name !== 'connect') {
      const { name } = deployment.nextStep;
      deployment.startStep(name, { waitsFor: 'it', deadlineAt: at(9), at: at(0) });
      deployment.finishStep(name, { detail: null, at: at(1) });
    }
    const asked = { correlationId, at: at(6) };
    expect(() => deployment.retry(asked)).toThrow(ForbiddenTransition);
    deployment.fail({ ...failure, step: 'connect' }, at(5));
    const { operationId } = deployment;
    deployment.retry(asked);
    expect(deployment).toMatchObject({ state: 'deploying', operation: 'deploy', failure: null });
    expect(deployment.operationId).not.toBe(operationId);
    expect(deployment.steps.filter(({ state }) => state === 'done').map(({ name }) => name)).toEqual([
      'create',
    ]);
    expect(finishAll(deployment)).toMatchObject({ state: 'ready', waitsFor: null });
  });

  test('whose process ends is started again after 1, 5 and 15 s, and the fourth end within 10 minutes fails it', () => {
    const deployment = finishAll(created());
    for (const [index, pauseS] of [1, 5, 15].entries()) {
      const now = at(100 + index * 60);
      deployment.recordExit('It exited with code 1.', { at: now, restartsMax: 3, correlationId });
      expect(deployment).toMatchObject({ state: 'starting', supervised: true });
      expect(deployment.notBefore?.getTime()).toBe(now.getTime() + pauseS * 1_000);
      finishAll(deployment, 100 + index * 60 + pauseS);
    }
    deployment.recordExit('It exited with code 1.', { at: at(400), restartsMax: 3, correlationId });
    expect(deployment).toMatchObject({ state: 'failed', failure: { code: 'exits_repeatedly' } });
    expect(deployment.failure?.cause).toContain('4 times within 10 minutes');
  });

  test('that runs for more than 10 minutes between two ends is always started again', () => {
    const deployment = finishAll(created());
    for (let index = 1; index < 10; index += 1) {
      deployment.recordExit('It exited.', { at: at(index * 601), restartsMax: 1, correlationId });
      expect(deployment.state).toBe('starting');
      finishAll(deployment, index * 601 + 2);
    }
  });

  test('that a person repairs may restart as often as a new one', () => {
    const deployment = finishAll(created());
    deployment.recordExit('It exited.', { at: at(10), restartsMax: 1, correlationId });
    deployment.fail(failure, at(11));
    deployment.begin('repair', { correlationId, at: at(12) });
    expect(deployment.restarts).toEqual([]);
  });

  test('goes on with the image that ran, also when a change is taken back, until somebody looks for a newer one', () => {
    const deployment = finishAll(created());
    deployment.image = 'agent@sha256:old';
    deployment.begin('restart', { correlationId, at: at(10) });
    expect(deployment.wanted).toEqual({ image: 'agent@sha256:old' });
    finishAll(deployment, 11);
    deployment.beginChange({ settings: { image: 'agent:1' } }, { correlationId, at: at(20) });
    expect(deployment.wanted).toEqual({ image: 'agent:1' });
    deployment.image = 'agent@sha256:broken';
    for (let step = deployment.nextStep; step && step.name !== 'start'; step = deployment.nextStep) {
      deployment.startStep(step.name, { waitsFor: 'it', deadlineAt: at(60), at: at(21) });
      deployment.finishStep(step.name, { detail: null, at: at(21) });
    }
    deployment.rollBack(failure, { correlationId, at: at(22) });
    expect(deployment).toMatchObject({ operation: 'rollback', settings: {}, image: 'agent@sha256:old' });
    expect(deployment.wanted).toEqual({ image: 'agent@sha256:old' });
    finishAll(deployment, 23);
    deployment.fail(failure, at(30));
    deployment.begin('repair', { correlationId, at: at(31) });
    expect(deployment.wanted).toEqual({});
    deployment.image = 'agent@sha256:new';
    finishAll(deployment, 32);
    deployment.fail({ ...failure, code: 'lost' }, at(40));
    deployment.begin('repair', { correlationId, at: at(41) });
    expect(deployment.wanted).toEqual({ image: 'agent@sha256:new' });
  });

  test('whose token is replaced amid a change begins it again, and can still take it back to the first copy', () => {
    const deployment = finishAll(created());
    deployment.beginChange({ model: 'other' }, { correlationId, at: at(10) });
    for (let step = deployment.nextStep; step && step.name !== 'start'; step = deployment.nextStep) {
      deployment.startStep(step.name, { waitsFor: 'it', deadlineAt: at(60), at: at(11) });
      deployment.finishStep(step.name, { detail: null, at: at(11) });
    }
    const { operationId } = deployment;
    deployment.renewToken({ correlationId, at: at(12) });
    expect(deployment).toMatchObject({ operation: 'redeploy', previous: { model: 'demo' } });
    expect(deployment.operationId).not.toBe(operationId);
    const isDone = deployment.steps.filter(({ state }) => state === 'done').map(({ name }) => name);
    expect(isDone).toEqual(['snapshot']);
    deployment.rollBack(failure, { correlationId, at: at(13) });
    expect(deployment.model).toBe('demo');
    finishAll(deployment, 14).renewToken({ correlationId, at: at(20) });
    expect(deployment.operation).toBe('restart');
  });

  const reason = { code: 'gone', cause: 'The socket closed.', remedy: 'Wait.' };

  test('follows its connection between ready and degraded, by the version of what is told', () => {
    const deployment = finishAll(created());
    expect(deployment.noteConnection({ version: 5, state: 'disconnected', reason }, at(10))).toBe(true);
    expect(deployment).toMatchObject({ state: 'degraded', failure: { step: 'connect', code: 'gone' } });
    expect(deployment.deadlineAt).toEqual(at(310));
    expect(deployment.noteConnection({ version: 4, state: 'connected', reason: null }, at(11))).toBe(false);
    expect(deployment.state).toBe('degraded');
    expect(deployment.noteConnection({ version: 6, state: 'connecting', reason }, at(20))).toBe(true);
    expect(deployment.deadlineAt).toEqual(at(310));
    expect(deployment.noteConnection({ version: 7, state: 'connected', reason: null }, at(30))).toBe(true);
    expect(deployment).toMatchObject({ state: 'ready', failure: null, deadlineAt: null });
  });

  test.each<DeploymentState>(['stopped', 'failed', 'deploying'])(
    'that is %s is not moved by its connection',
    (state) => {
      const deployment = created();
      deployment.state = state;
      expect(deployment.noteConnection({ version: 2, state: 'disconnected', reason }, at(1))).toBe(false);
      expect(deployment.state).toBe(state);
    },
  );

  test('whose connection was lost during its last step is degraded, not ready', () => {
    const deployment = created();
    deployment.noteConnection({ version: 3, state: 'disconnected', reason }, at(1));
    finishAll(deployment);
    expect(deployment.state).toBe('degraded');
  });
});
