import type { Deployment as DeploymentReply } from '@aether/contracts/deployer';
import type { Deployment } from './deployment.entity.js';

export function toReply(row: Deployment): DeploymentReply {
  return {
    id: row.id,
    name: row.name,
    template: row.template,
    runtime: row.runtime,
    model: row.model,
    state: row.state,
    operation: row.operation,
    steps: row.steps,
    waitsFor: row.waitsFor,
    deadlineAt: row.deadlineAt?.toISOString() ?? null,
    failure: row.failure,
    settings: row.settings,
    image: row.image,
    capabilities: row.capabilities,
    url: row.url,
    version: row.version,
    createdBy: row.createdBy,
    visibility: row.visibility,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
