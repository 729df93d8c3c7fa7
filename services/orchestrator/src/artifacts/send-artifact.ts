import { createHash } from 'node:crypto';
import { ARTIFACT_PIECE_BYTES, type ArtifactKind } from '@aether/contracts/mission-artifacts';
import { missionsRequests } from '@aether/contracts/missions';
import type { Context } from '@aether/messaging/context';
import { namedId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';

export interface OwnArtifact {
  readonly missionId: string;
  readonly taskId?: string;
  readonly attemptId?: string;
  readonly name: string;
  readonly mediaType: string;
  readonly kind: ArtifactKind;
  readonly content: Buffer;
}

/** Hands artifacts to missions; one that was sent before is not kept a second time. */
@Injectable()
export class SendArtifact {
  constructor(private readonly messaging: Messaging) {}

  async send({ content, ...facts }: OwnArtifact, context: Context): Promise<void> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const id = namedId(facts.attemptId ?? facts.missionId, `${facts.name} ${sha256}`);
    let offset = 0;
    do {
      const piece = content.subarray(offset, offset + ARTIFACT_PIECE_BYTES).toString('base64');
      const input = { id, ...facts, bytes: content.length, sha256, offset, content: piece };
      const { artifact, nextOffset } = await this.messaging.call(missionsRequests.putArtifact, input, {
        ...context,
        idempotencyKey: null,
      });
      if (artifact) return;
      offset = nextOffset;
    } while (offset < content.length);
  }
}
