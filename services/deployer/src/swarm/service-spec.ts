import type { ContainerCreateOptions, CreateServiceOptions } from 'dockerode';
import { GATEWAY_PORT, HOST_NAME, LOGS, NO_CAPABILITIES } from '../docker/container-spec.js';

const SECOND = 1_000_000_000;

export interface Placed {
  readonly name: string;
  /** By its id: the swarm would ask a registry for a name at each start. */
  readonly imageId: string;
  readonly network: string;
  /** Its volume and its published port are on this one. */
  readonly nodeId: string;
  readonly port: number;
}

/** The service that has one container just like the given one. */
export function serviceSpec(
  container: ContainerCreateOptions,
  { name, imageId, network, nodeId, port }: Placed,
): CreateServiceOptions {
  const { Labels, Env, Hostname, StopTimeout = 0, HostConfig = {} } = container;
  const { Init, Mounts, Memory, NanoCpus, PidsLimit } = HostConfig;
  const limits = { MemoryBytes: Memory, NanoCPUs: NanoCpus, Pids: PidsLimit ?? undefined };
  const privileges = { NoNewPrivileges: true };
  return {
    Name: name,
    Labels,
    Mode: { Replicated: { Replicas: 1 } },
    TaskTemplate: {
      ContainerSpec: {
        Image: imageId,
        Labels,
        Env,
        Hostname,
        Init,
        Mounts,
        CapabilityDrop: NO_CAPABILITIES,
        // Engines before version 25 do not know it and leave it out.
        Privileges: privileges as object,
        StopGracePeriod: StopTimeout * SECOND,
        Hosts: [`host-gateway ${HOST_NAME}`],
        // A swarm kills what does not answer in time, running turns with it; the deployer looks by itself.
        HealthCheck: { Test: ['NONE'] },
      },
      Resources: { Limits: limits },
      // The deployer starts it again itself, like every agent.
      RestartPolicy: { Condition: 'none' },
      Placement: { Constraints: [`node.id==${nodeId}`] },
      Networks: [{ Target: network }],
      LogDriver: { Name: LOGS.Type, Options: LOGS.Config },
    },
    EndpointSpec: {
      Ports: [{ Protocol: 'tcp', TargetPort: GATEWAY_PORT, PublishedPort: port, PublishMode: 'host' }],
    },
  };
}
