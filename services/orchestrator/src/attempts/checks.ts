import type { Receipt } from '@aether/contracts/mission-schemas';
import { Injectable } from '@nestjs/common';
import type { AttemptRow } from './attempt.entity.js';
import { Places } from './places.js';
import { environmentOf, runCommand } from './run-command.js';

const LESSON_OUTPUT_MAX = 2_000;

type Results = Receipt['checks'];

/** The acceptance checks of a mission and of its task. */
@Injectable()
export class Checks {
  constructor(private readonly places: Places) {}

  of({ claimed: { mission, task } }: AttemptRow) {
    return [...mission.checks, ...task.checks];
  }

  /** Runs them in the attempt's directory as it is, one after the other, all of them. */
  async run(attempt: AttemptRow, signal: AbortSignal): Promise<Results> {
    const results: Results = [];
    for (const { name, command, timeoutS } of this.of(attempt)) {
      const ended = await runCommand({
        command,
        directory: this.places.directoryOf(attempt),
        environment: environmentOf(attempt),
        timeoutS,
        signal,
      });
      // Ended by us: it says nothing about the work.
      signal.throwIfAborted();
      results.push({ name, command, ...ended });
    }
    return results;
  }
}

export const broken = (results: Results) => results.filter(({ exitCode }) => exitCode !== 0);

/** What failed, in a sentence for people and at length for the next attempt. */
export function tell(failed: Results): { cause: string; lesson: string } {
  const names = failed.map(({ name }) => `"${name}"`).join(', ');
  const cause = `${failed.length === 1 ? 'The check' : 'The checks'} ${names} failed`;
  const outputs = failed.map(
    ({ name, command, exitCode, timedOut, output }) =>
      `${name} (\`${command}\`) ${timedOut ? 'took too long' : `ended with ${exitCode ?? 'a signal'}`}:\n${output.slice(-LESSON_OUTPUT_MAX).trim()}`,
  );
  return { cause, lesson: outputs.join('\n') };
}
