import { expect, test } from '@jest/globals';
import { OPENCLAW_VERSION } from '@aether/openclaw-process/install';
import { parseConfig } from '@aether/runtime/config';
import { DeployerConfig } from '../src/config.js';

test('containers are made from the official image of the version that Aether knows, with limits, unless settings say otherwise', () => {
  const needed = {
    NATS_URL: 'nats://127.0.0.1:4222',
    NATS_PASSWORD: 'secret',
    DATABASE_URL: 'postgres://127.0.0.1/deployer',
    DATA_DIR: '/var/lib/aether',
  };
  expect(parseConfig('deployer', DeployerConfig, needed)).toMatchObject({
    DOCKER_IMAGE: `ghcr.io/openclaw/openclaw:${OPENCLAW_VERSION}`,
    AGENT_MEMORY_MB: 2_048,
    AGENT_CPUS: 2,
    AGENT_PROCESSES_MAX: 512,
  });
  const other = { ...needed, DOCKER_IMAGE: 'registry.example/agent:1' };
  expect(parseConfig('deployer', DeployerConfig, other).DOCKER_IMAGE).toBe('registry.example/agent:1');
});
