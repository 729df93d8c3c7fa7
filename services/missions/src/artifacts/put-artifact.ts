import { createHash } from 'node:crypto';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { commonFailure } from '@aether/contracts/failure';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { MissionsConfig } from '../config.js';
import { MissionDesk } from '../missions/mission-desk.js';
import { MissionRepository } from '../missions/mission.repository.js';
import { missing } from '../missions/steer-mission.js';
import { CLOCK, CONFIG, CONTENT } from '../tokens.js';
import { ArtifactPieceRow, ArtifactRow } from './artifact.entity.js';
import { ArtifactRepository } from './artifact.repository.js';
import type { ContentStore } from './content-store.js';
import { reaching } from './reaching.js';

const contract = missionsRequests.putArtifact;
type Input = InputOf<typeof contract>;
type Output = OutputOf<typeof contract>;
type Request = RequestContext<typeof contract>;

/** Gathers the pieces of an artifact in the database, whichever instance takes them, and stores the whole. */
@Injectable()
export class PutArtifact {
  constructor(
    private readonly desk: MissionDesk,
    private readonly missions: MissionRepository,
    private readonly artifacts: ArtifactRepository,
    @Inject(CONTENT) private readonly content: ContentStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: MissionsConfig,
  ) {}

  async execute(input: Input, context: Request): Promise<Output> {
    requireService(context);
    if (input.bytes > this.config.ARTIFACT_MAX_MB * 1024 ** 2)
      throw context.fail('artifact_too_large', {
        detail: `It has ${input.bytes} bytes; at most ${this.config.ARTIFACT_MAX_MB} MB are allowed.`,
      });
    const known = await this.artifacts.find(input.id);
    if (known) {
      if (!isSame(known, input)) throw context.fail('artifact_id_taken');
      return { artifact: known.reply(), nextOffset: known.bytes };
    }
    await this.expectPlace(input, context);
    const nextOffset = await this.keep(input, context);
    if (nextOffset < input.bytes) return { artifact: null, nextOffset };
    await this.store(input, context);
    return this.add(input, context);
  }

  private async expectPlace({ missionId, taskId }: Input, context: Request): Promise<void> {
    if (!(await this.missions.findFor(context.actor, missionId))) throw context.fail('mission_not_found');
    if (taskId && (await this.missions.findTask(taskId))?.missionId !== missionId)
      throw context.fail('task_not_found');
  }

  private async keep({ id, offset, bytes, ...input }: Input, context: Request): Promise<number> {
    const content = Buffer.from(input.content, 'base64');
    const endsAt = offset + content.length;
    if (endsAt > bytes) throw context.fail('artifact_corrupt', { detail: 'More came than was announced.' });
    if (content.length === 0 && bytes > 0)
      throw commonFailure('invalid_input', {
        issues: [{ path: 'content', message: 'must not be empty, unless the artifact is' }],
      });
    const piece = Object.assign(new ArtifactPieceRow(), {
      artifactId: id,
      beginsAt: offset,
      endsAt,
      content,
      at: this.clock.now(),
    });
    if (!(await this.artifacts.addPiece(piece))) throw context.fail('artifact_piece_missing');
    return endsAt;
  }

  /** Nothing that differs from what was announced reaches the store. */
  private async store({ id, bytes, sha256 }: Input, context: Request): Promise<void> {
    const hash = createHash('sha256');
    let length = 0;
    for await (const piece of this.artifacts.pieces(id)) {
      hash.update(piece);
      length += piece.length;
    }
    if (length !== bytes || hash.digest('hex') !== sha256) {
      await this.artifacts.dropPieces(id);
      throw context.fail('artifact_corrupt');
    }
    await this.artifacts.touch(sha256, this.clock.now());
    await reaching(async () => {
      if (await this.content.has(sha256)) return;
      await this.content.write({ sha256, bytes, pieces: this.artifacts.pieces(id) });
    });
  }

  private async add(input: Input, context: Request): Promise<Output> {
    const { id, missionId, taskId, attemptId, name, mediaType, kind, bytes, sha256 } = input;
    const facts = { id, missionId, taskId, attemptId, name, mediaType, kind, bytes, sha256 };
    const output = await this.desk.change(
      { contract, input, context },
      missing(input.missionId, context),
      (open) => {
        const artifact = Object.assign(new ArtifactRow(), { ...facts, createdAt: open.now });
        open.addArtifact(artifact);
        open.note({
          kind: 'artifact',
          text: artifact.name,
          taskId: artifact.taskId,
          artifactIds: [artifact.id],
        });
        open.publishLater(missionsEvents.artifactAdded, () => ({ artifact: artifact.reply() }));
        return () => ({ artifact: artifact.reply(), nextOffset: artifact.bytes });
      },
    );
    await this.artifacts.dropPieces(input.id);
    return output;
  }
}

function isSame(artifact: ArtifactRow, input: Input): boolean {
  return (['missionId', 'name', 'kind', 'bytes', 'sha256'] as const).every(
    (fact) => artifact[fact] === input[fact],
  );
}
