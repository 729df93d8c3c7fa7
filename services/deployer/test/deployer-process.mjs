// A deployer over the scripted runtime as a process of its own, so that a test can kill it. Runs the built service.
import { startService } from '@aether/runtime/service';
import { stopOnSignal } from '@aether/runtime/main';
import { processEnvironment } from '@aether/runtime/config';
import { emptyWhenRead, readLines } from '../dist/process/output-file.js';
import { Runtimes } from '../dist/runtimes.js';
import { deployerServiceWith } from '../dist/service.js';
import { StepError } from '../dist/steps/step-error.js';
import { ScriptedRuntime } from './scripted-runtime.ts';

const runtime = new ScriptedRuntime(process.argv[2], { StepError, readLines, emptyWhenRead });
const service = deployerServiceWith(() => new Runtimes([runtime]));
stopOnSignal(await startService(service, processEnvironment()));
process.stdout.write('started\n');
