import { newId } from '@aether/messaging/id';
import { Injectable } from '@nestjs/common';

/** The right to a connection: only its newest fence may write. */
export interface Claim {
  readonly id: string;
  readonly fence: number;
}

/** No row has it. */
const NONE = -1;

/** The connections that this instance holds, as far as it knows. */
@Injectable()
export class Claims {
  readonly instance = newId();
  private readonly fences = new Map<string, number>();

  get ids(): string[] {
    return [...this.fences.keys()];
  }

  has(connectionId: string): boolean {
    return this.fences.has(connectionId);
  }

  /** What its rows are written under; one that no row has where the connection is not held. */
  fenceOf(connectionId: string): number {
    return this.fences.get(connectionId) ?? NONE;
  }

  take({ id, fence }: Claim): void {
    this.fences.set(id, fence);
  }

  drop(connectionId: string): void {
    this.fences.delete(connectionId);
  }
}
