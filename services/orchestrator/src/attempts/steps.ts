import type { AttemptState } from '@aether/contracts/execution';
import { Injectable } from '@nestjs/common';
import type { Step } from './step.js';
import { Check } from './steps/check.js';
import { ClaimTask } from './steps/claim-task.js';
import { Close } from './steps/close.js';
import { Collect } from './steps/collect.js';
import { Accept, MergeWork } from './steps/merge.js';
import { Prepare } from './steps/prepare.js';
import { Report, Review } from './steps/report.js';
import { Ask, Work } from './steps/work.js';

/** What is done in which state. */
@Injectable()
export class Steps {
  private readonly byState: Partial<Record<AttemptState, Step>>;

  constructor(
    claiming: ClaimTask,
    preparing: Prepare,
    working: Work,
    asking: Ask,
    collecting: Collect,
    checking: Check,
    reporting: Report,
    reviewing: Review,
    merging: MergeWork,
    accepting: Accept,
    closing: Close,
  ) {
    this.byState = {
      claiming,
      preparing,
      working,
      asking,
      collecting,
      checking,
      reporting,
      reviewing,
      merging,
      accepting,
      closing,
    };
  }

  /** Throws for a state in which an attempt has ended. */
  of(state: AttemptState): Step {
    const step = this.byState[state];
    if (!step) throw new Error(`nothing is done for an attempt that is ${state}`);
    return step;
  }
}
