import { Injectable } from '@nestjs/common';
import { Connect, Disconnect, Enrol, Probe, Remove } from './connection-steps.js';
import { Preflight } from './preflight.js';
import { Prepare } from './prepare.js';
import { Create, Restore, Snapshot, Start, Stop } from './process-steps.js';
import type { Steps } from './step.js';

@Injectable()
export class AllSteps {
  readonly byName: Steps;

  constructor(
    preflight: Preflight,
    prepare: Prepare,
    create: Create,
    start: Start,
    probe: Probe,
    connect: Connect,
    enrol: Enrol,
    disconnect: Disconnect,
    stop: Stop,
    snapshot: Snapshot,
    restore: Restore,
    remove: Remove,
  ) {
    this.byName = {
      preflight,
      prepare,
      create,
      start,
      probe,
      connect,
      enrol,
      disconnect,
      stop,
      snapshot,
      restore,
      remove,
    };
  }
}
