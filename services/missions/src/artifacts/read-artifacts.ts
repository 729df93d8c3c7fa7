import { ARTIFACT_PIECE_BYTES, type Artifact } from '@aether/contracts/mission-artifacts';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { missionsRequests } from '@aether/contracts/missions';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Inject, Injectable } from '@nestjs/common';
import { MissionRepository } from '../missions/mission.repository.js';
import { CONTENT } from '../tokens.js';
import type { ArtifactRow } from './artifact.entity.js';
import { ArtifactRepository } from './artifact.repository.js';
import type { ContentStore } from './content-store.js';
import { reaching } from './reaching.js';

type Requests = typeof missionsRequests;

/** An artifact is seen by those who see its mission. */
@Injectable()
export class ReadArtifacts {
  constructor(
    private readonly missions: MissionRepository,
    private readonly artifacts: ArtifactRepository,
    @Inject(CONTENT) private readonly content: ContentStore,
  ) {}

  async list(
    { id, taskId, ...bounds }: InputOf<Requests['listArtifacts']>,
    context: RequestContext<Requests['listArtifacts']>,
  ) {
    if (!(await this.missions.findFor(context.actor, id))) throw context.fail('mission_not_found');
    const page = await this.artifacts.list(id, { ...bounds, taskId });
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: RequestContext<Requests['getArtifact']>): Promise<Artifact> {
    return (await this.find(id, context)).reply();
  }

  async read(
    { id, offset }: InputOf<Requests['readArtifact']>,
    context: RequestContext<Requests['readArtifact']>,
  ): Promise<OutputOf<Requests['readArtifact']>> {
    const { name, mediaType, bytes, sha256 } = await this.find(id, context);
    const length = Math.max(0, Math.min(ARTIFACT_PIECE_BYTES, bytes - offset));
    const content = await reaching(() => this.content.read({ sha256, offset, length }));
    if (content.length !== length) throw new Error(`the content ${sha256} is shorter than ${bytes} bytes`);
    const end = offset + length;
    return {
      name,
      mediaType,
      bytes,
      sha256,
      content: content.toString('base64'),
      nextOffset: end < bytes ? end : null,
    };
  }

  private async find(id: string, context: Refusing<'artifact_not_found'>): Promise<ArtifactRow> {
    const artifact = await this.artifacts.find(id);
    if (artifact && (await this.missions.findFor(context.actor, artifact.missionId))) return artifact;
    throw context.fail('artifact_not_found');
  }
}
