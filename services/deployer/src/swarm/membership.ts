import type Docker from 'dockerode';
import { z } from 'zod';
import { withoutSwarm } from '../docker/engine.js';
import { StepError } from '../steps/step-error.js';

const Info = z.object({
  ServerVersion: z.string(),
  Swarm: z
    .object({
      NodeID: z.string().default(''),
      LocalNodeState: z.string().default('inactive'),
      ControlAvailable: z.boolean().default(false),
    })
    .default({ NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false }),
});

/** What the engine is in its swarm; fails where it cannot be given services. */
export async function requireManager(docker: Docker): Promise<{ version: string; nodeId: string }> {
  const { ServerVersion: version, Swarm } = Info.parse(await docker.info());
  const { NodeID: nodeId, LocalNodeState: state, ControlAvailable: isManager } = Swarm;
  if (isManager) return { version, nodeId };
  if (state === 'locked')
    throw new StepError({
      code: 'engine_swarm_locked',
      cause: "The Docker engine's swarm is locked.",
      remedy: 'Unlock it (`docker swarm unlock`), then try again.',
    });
  if (state !== 'inactive')
    throw new StepError({
      code: 'engine_not_manager',
      cause: `The Docker engine is no manager of its swarm (it is ${state === 'active' ? 'a worker' : state}).`,
      remedy: 'Make it one (`docker node promote` on a manager) or run Aether on a manager, then try again.',
    });
  throw withoutSwarm();
}
