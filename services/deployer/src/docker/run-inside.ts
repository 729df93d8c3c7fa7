import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command in a running container to its end. */
export async function runInside(
  docker: Docker,
  container: Docker.Container,
  command: readonly string[],
): Promise<Ran> {
  const execution = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await execution.start({ hijack: true, stdin: false });
  const [output, errors] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, output, errors);
  stream.on('end', () => {
    output.end();
    errors.end();
  });
  const [told, complained] = await Promise.all([text(output), text(errors)]);
  const { ExitCode } = await execution.inspect();
  return { code: ExitCode ?? -1, output: told, errors: complained };
}
