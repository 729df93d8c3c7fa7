import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerRequests, type Runtime } from '@aether/contracts/deployer';
import { modelsService } from '@aether/models/service';
import { startSystem, type System } from './system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem(
    { DOCKER_SOCKET: '/nonexistent/docker.sock' },
    {
      services: [{ service: modelsService, settings: { MODELS_PORT: '0' } }],
    },
  );
  await system.spawn();
});
afterAll(async () => system.stop());

test.each<Runtime>(['docker', 'swarm'])(
  'a deploy with %s on a machine without an engine fails with that as its cause, and says what to install',
  async (runtime) => {
    const { id } = await system.call(deployerRequests.createDeployment, {
      name: `on-${runtime}`,
      template: 'general',
      runtime,
    });
    const failed = await system.inState(id, 'failed');
    expect(failed.failure).toMatchObject({
      step: 'preflight',
      code: 'engine_missing',
      remedy: expect.stringContaining('apt-get install docker.io'),
    });
    const begun = (await system.lines(id)).filter(({ text }) => text === 'deploy: preflight');
    expect(begun).toHaveLength(1);
  },
);
