import type {
  Deployment as DeploymentReply,
  DeploymentState,
  Operation,
  Runtime,
  RuntimeSettings,
  StepFailure,
  StepName,
} from '@aether/contracts/deployer';
import type { ConnectionState, Reason } from '@aether/contracts/openclaw';
import type { Visibility } from '@aether/contracts/schemas';
import { newId } from '@aether/messaging/id';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { isTransient, plans } from './operation-plan.js';
import { endedTooOften, planRestart } from './restart-policy.js';
import { thenInstead } from './steps/step-error.js';

type StepRecord = DeploymentReply['steps'][number];

/** The newest that the bridge told of the connection to this agent. */
export interface ConnectionNote {
  readonly version: number;
  readonly state: ConnectionState;
  readonly reason: Reason | null;
}

/** What a change can be taken back to. */
export interface Previous {
  readonly model: string;
  readonly settings: RuntimeSettings;
  readonly image: string | null;
}

/** The bridge tries again for seconds; what takes minutes needs a restart. */
const DEGRADED_MAX_MS = 5 * 60_000;
/** Longer than all steps of what can stand before it in the queue. */
const TURN_MAX_MS = 60 * 60_000;

/** Thrown when a change comes too late: the operation it belongs to has ended or was given up. */
export class ForbiddenTransition extends Error {
  override readonly name = 'ForbiddenTransition';
}

const pendingStep = (name: StepName): StepRecord => ({
  name,
  state: 'pending',
  attempt: 0,
  detail: null,
  startedAt: null,
  finishedAt: null,
  deadlineAt: null,
});

@Entity('deployment')
@Index('UQ_deployment_name', ['name'], { unique: true, where: `"state" <> 'deleted'` })
@Index('UQ_deployment_port', ['port'], { unique: true, where: `"state" <> 'deleted'` })
@Index('IX_deployment_state', ['state'])
export class Deployment {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'PK_deployment' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  template: string;

  @Column('text')
  runtime: Runtime;

  @Column('text')
  model: string;

  @Column('jsonb')
  settings: RuntimeSettings;

  /** Names exactly the image of its container: a tag may name another one by now. */
  @Column('text', { nullable: true })
  image: string | null;

  /** As it was before the change that is going on. */
  @Column('jsonb', { nullable: true })
  previous: Previous | null;

  /** Why the last change was taken back; told as long as the agent runs well without it. */
  @Column('jsonb', { name: 'rolled_back', nullable: true })
  rolledBack: StepFailure | null;

  @Column('text', { array: true })
  capabilities: string[];

  @Column('text')
  state: DeploymentState;

  @Column('text')
  operation: Operation;

  /** New with each operation: makes what its steps ask of others idempotent. */
  @Column('uuid', { name: 'operation_id' })
  operationId: string;

  /** Begun by the deployer itself, after the process had ended. */
  @Column('boolean')
  supervised: boolean;

  @Column('text', { name: 'correlation_id' })
  correlationId: string;

  @Column('jsonb')
  steps: StepRecord[];

  @Column('text', { name: 'waits_for', nullable: true })
  waitsFor: string | null;

  @Column('timestamptz', { name: 'deadline_at', nullable: true })
  deadlineAt: Date | null;

  /** The operation does not begin earlier: the pause before a restart. */
  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore: Date | null;

  @Column('jsonb', { nullable: true })
  failure: StepFailure | null;

  @Column('int', { nullable: true })
  port: number | null;

  @Column('text', { nullable: true })
  url: string | null;

  @Column('uuid', { name: 'token_secret_id', nullable: true })
  tokenSecretId: string | null;

  /** Memory promised to an agent that is not yet ready, so that two do not count on the same. */
  @Column('int', { name: 'reserved_mb' })
  reservedMb: number;

  @Column('jsonb', { nullable: true })
  connection: ConnectionNote | null;

  @Column('jsonb')
  restarts: string[];

  @Column('text', { name: 'lease_holder', nullable: true })
  leaseHolder: string | null;

  /** Grows with each new holder; a change by an older one is refused. */
  @Column('int', { name: 'lease_fence' })
  leaseFence: number;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  @Column('int')
  version: number;

  /** The person, also where a key of theirs asked, or the service. */
  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('text')
  visibility: Visibility;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  static create(
    given: Pick<
      Deployment,
      | 'id'
      | 'name'
      | 'template'
      | 'runtime'
      | 'model'
      | 'settings'
      | 'capabilities'
      | 'createdBy'
      | 'visibility'
    >,
    { correlationId, at }: { correlationId: string; at: Date },
  ): Deployment {
    const deployment = Object.assign(new Deployment(), {
      ...given,
      image: null,
      previous: null,
      rolledBack: null,
      failure: null,
      port: null,
      url: null,
      tokenSecretId: null,
      connection: null,
      restarts: [],
      leaseHolder: null,
      leaseFence: 0,
      leaseUntil: null,
      version: 1,
      createdAt: at,
      updatedAt: at,
    });
    deployment.begin('deploy', { correlationId, at });
    return deployment;
  }

  get isTransient(): boolean {
    return isTransient(this.state);
  }

  /** True while an agent's process should be there. */
  get wantsProcess(): boolean {
    return plans[this.operation].after === 'ready' && this.state !== 'failed';
  }

  /** True where the running agent, or the one being started, may have its secrets as they were before now. */
  get hasReadSecrets(): boolean {
    if (!this.isTransient) return this.state === 'ready' || this.state === 'degraded';
    const prepare = this.steps.find(({ name }) => name === 'prepare');
    return prepare !== undefined && prepare.state !== 'pending';
  }

  /** What its runtime is asked for. */
  get wanted(): RuntimeSettings {
    if (this.image === null || plans[this.operation].renewsImage) return this.settings;
    return { ...this.settings, image: this.image };
  }

  get nextStep(): StepRecord | undefined {
    return this.steps.find(({ state }) => state !== 'done');
  }

  /** The one that the present operation ended at. */
  get failedStep(): StepRecord | undefined {
    return this.state === 'failed' ? this.steps.find(({ state }) => state === 'failed') : undefined;
  }

  begin(
    operation: Operation,
    { correlationId, at, supervised = false }: { correlationId: string; at: Date; supervised?: boolean },
  ): void {
    if (!supervised) this.restarts = [];
    // A change that was cut short is kept: who asks for something else wants the agent as it is now.
    if (operation !== 'rollback') this.previous = null;
    if (!supervised && operation !== 'rollback') this.rolledBack = null;
    // What failed to run may need another image; what was lost, or is badly connected, ran with its own.
    const failedToRun = this.state === 'failed' && this.failure?.code !== 'lost';
    if (operation === 'repair' && failedToRun) this.image = null;
    this.operation = operation;
    this.steps = plans[operation].steps.map(pendingStep);
    this.queue({ correlationId, at, supervised });
  }

  /**
   * Goes on with the operation that failed, from the step that did, or from the start where the process it is about
   * was stopped since. Room and port are looked at again, and the configuration that names the port is written again.
   */
  retry({ correlationId, at }: { correlationId: string; at: Date }): void {
    const failed = this.failedStep;
    if (!failed) throw new ForbiddenTransition(`no step of ${this.name} has failed`);
    const from = this.isBehind(failed.name, 'start') ? 'start' : failed.name;
    this.restarts = [];
    this.steps = this.steps.map((step) =>
      ['preflight', 'prepare', from].includes(step.name) || this.isBehind(step.name, from)
        ? pendingStep(step.name)
        : step,
    );
    this.queue({ correlationId, at, supervised: false });
  }

  /** Has its gateway run with a token that was replaced. A change under way is begun again, and can still be taken back. */
  renewToken(asked: { correlationId: string; at: Date }): void {
    const { previous, steps } = this;
    if (!this.isTransient || previous === null) return this.begin('restart', asked);
    this.begin('redeploy', asked);
    this.previous = previous;
    // A copy that was made is of the state before the change.
    const copied = steps.find(({ name, state }) => name === 'snapshot' && state === 'done');
    this.steps = this.steps.map((step) => (step.name === 'snapshot' && copied ? copied : step));
  }

  /** Begins an operation that is taken back by itself where it fails. */
  beginChange(
    { model, settings }: { model?: string; settings?: RuntimeSettings },
    asked: { correlationId: string; at: Date },
  ): void {
    // What did not run before is no better than what failed to.
    const ran = this.state === 'ready' || this.state === 'degraded';
    const previous = ran ? { model: this.model, settings: this.settings, image: this.image } : null;
    this.begin('redeploy', asked);
    this.previous = previous;
    this.model = model ?? this.model;
    this.settings = { ...this.settings, ...settings };
  }

  startStep(
    name: StepName,
    { waitsFor, deadlineAt, at }: { waitsFor: string; deadlineAt: Date; at: Date },
  ): void {
    const step = this.openStep(name);
    step.state = 'running';
    step.attempt += 1;
    step.detail = null;
    step.startedAt = at.toISOString();
    step.deadlineAt = deadlineAt.toISOString();
    this.wait(waitsFor, deadlineAt);
  }

  noteStep(name: StepName, detail: string): void {
    this.openStep(name).detail = detail;
  }

  finishStep(name: StepName, { detail, at }: { detail: string | null; at: Date }): void {
    const step = this.openStep(name);
    Object.assign(step, { state: 'done', detail: detail ?? step.detail, finishedAt: at.toISOString() });
    if (!this.nextStep) this.complete(at);
  }

  /** Goes back to a step that has to be done again, and to all behind it. */
  rewind(name: StepName): void {
    const from = this.steps.findIndex((step) => step.name === name);
    if (!this.isTransient || from < 0)
      throw new ForbiddenTransition(`${this.operation} has no step "${name}"`);
    for (const step of this.steps.slice(from)) step.state = 'pending';
  }

  /** True where the step is behind `name` in the present operation. */
  isBehind(step: StepName, name: StepName): boolean {
    const place = (wanted: StepName) => this.steps.findIndex((each) => each.name === wanted);
    return place(name) >= 0 && place(step) > place(name);
  }

  fail(failure: StepFailure, at: Date): void {
    const step = this.isTransient ? this.nextStep : undefined;
    if (step) Object.assign(step, { state: 'failed', detail: failure.cause, finishedAt: at.toISOString() });
    this.state = 'failed';
    this.failure = failure;
    this.reservedMb = 0;
    this.wait(null, null);
  }

  /** Takes a failed change back: at once where nothing was touched yet, else by an operation of its own. */
  rollBack(failure: StepFailure, { correlationId, at }: { correlationId: string; at: Date }): void {
    const { previous } = this;
    if (!previous || this.operation !== 'redeploy')
      throw new ForbiddenTransition('there is no change to undo');
    Object.assign(this, { ...previous, previous: null });
    this.rolledBack = {
      step: failure.step,
      code: 'rolled_back',
      cause: `The change failed, so it was taken back. ${failure.cause}`,
      remedy: thenInstead(failure.remedy, 'try the change again'),
    };
    const touched = this.isBehind(failure.step, 'disconnect') || failure.step === 'disconnect';
    if (touched) {
      const snapshot = this.steps.find(({ name }) => name === 'snapshot');
      this.begin('rollback', { correlationId, at });
      if (snapshot?.state !== 'done') this.steps = this.steps.filter(({ name }) => name !== 'restore');
      return;
    }
    const step = this.nextStep;
    if (step) Object.assign(step, { state: 'failed', detail: failure.cause, finishedAt: at.toISOString() });
    this.complete(at);
  }

  /** Takes in what the bridge tells, in any order; true where it changed something to be told. */
  noteConnection(note: ConnectionNote, at: Date): boolean {
    if (this.connection && this.connection.version >= note.version) return false;
    this.connection = note;
    if (this.state !== 'ready' && this.state !== 'degraded') return false;
    const before = this.state;
    this.followConnection(at);
    return this.state !== before || this.state === 'degraded';
  }

  /** The process ended by itself: plans a restart, or gives up after too many. */
  recordExit(
    cause: string,
    { at, restartsMax, correlationId }: { at: Date; restartsMax: number; correlationId: string },
  ): void {
    const planned = planRestart(this.restarts, { at, restartsMax });
    if (!planned) {
      const often =
        restartsMax === 0
          ? 'once; it is not started again.'
          : `${restartsMax + 1} times within 10 minutes. Last:`;
      return this.fail(endedTooOften(`${often} ${cause}`), at);
    }
    this.begin('start', { correlationId, at, supervised: true });
    this.restarts = planned.restarts;
    this.notBefore = planned.notBefore;
    this.waitsFor = `restart ${planned.restarts.length} of ${restartsMax}. ${cause}`;
  }

  private queue({
    correlationId,
    at,
    supervised,
  }: {
    correlationId: string;
    at: Date;
    supervised: boolean;
  }): void {
    this.operationId = newId();
    this.state = plans[this.operation].during;
    this.supervised = supervised;
    this.correlationId = correlationId;
    this.failure = null;
    this.reservedMb = 0;
    this.notBefore = null;
    this.wait('its turn', new Date(at.getTime() + TURN_MAX_MS));
  }

  private complete(at: Date): void {
    this.state = plans[this.operation].after;
    this.previous = null;
    this.reservedMb = 0;
    this.wait(null, null);
    if (this.state === 'deleted') Object.assign(this, { port: null, url: null, tokenSecretId: null });
    if (this.state === 'stopped') this.restarts = [];
    if (this.state === 'ready') this.followConnection(at);
  }

  private followConnection(at: Date): void {
    const note = this.connection;
    if (!note || note.state === 'connected' || note.state === 'closed') {
      this.state = 'ready';
      this.failure = this.rolledBack;
      this.wait(null, null);
      return;
    }
    const reason = note.reason ?? {
      code: 'not_connected',
      cause: `The connection to the agent is ${note.state}.`,
      remedy: 'Wait until it is back, or restart the deployment.',
    };
    this.state = 'degraded';
    this.failure = { step: 'connect', ...reason };
    this.wait('the connection to the agent', this.deadlineAt ?? new Date(at.getTime() + DEGRADED_MAX_MS));
  }

  private openStep(name: StepName): StepRecord {
    const step = this.nextStep;
    if (!this.isTransient || step?.name !== name)
      throw new ForbiddenTransition(`"${name}" is not the step that ${this.operation} of ${this.name} is at`);
    return step;
  }

  private wait(waitsFor: string | null, deadlineAt: Date | null): void {
    this.waitsFor = waitsFor;
    this.deadlineAt = deadlineAt;
  }
}
