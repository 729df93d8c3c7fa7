import type Docker from 'dockerode';
import { StepError } from '../steps/step-error.js';
import { unlessStatus } from './engine.js';

export interface Copy {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Makes `to` an exact copy of the volume `from`, with the `cp` of the image; runs again from the start after a crash. */
export async function copyVolume(docker: Docker, { image, from, to, labels }: Copy): Promise<void> {
  const name = `${to}-copy`;
  await unlessStatus(docker.getContainer(name).remove({ force: true }), 404);
  await unlessStatus(docker.getVolume(to).remove(), 404);
  await docker.createVolume({ Name: to, Labels: { ...labels } });
  const container = await docker.createContainer({
    name,
    Image: image,
    User: '0:0',
    Labels: { ...labels },
    Entrypoint: ['cp'],
    Cmd: ['-a', '/from/.', '/to/'],
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        { Type: 'volume', Source: from, Target: '/from' },
        { Type: 'volume', Source: to, Target: '/to' },
      ],
    },
  });
  try {
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0)
      throw new StepError({
        code: 'copy_failed',
        cause: `The state could not be copied: cp ended with code ${StatusCode}.`,
        remedy: "Free some room on the engine's disk, then try again.",
      });
  } finally {
    await unlessStatus(container.remove({ force: true }), 404, 409);
  }
}
