import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Messaging } from './messaging.js';

/**
 * Nest's microservice transport over `Messaging`: Nest boots and stops the application, contracts are served
 * from typed maps (`messaging.serve`) rather than from decorated methods, which could not be checked.
 */
export class MessagingStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('aether-messaging');

  constructor(private readonly messaging: Messaging) {
    super();
  }

  listen(ready: () => void): void {
    this.messaging.start();
    ready();
  }

  async close(): Promise<void> {
    await this.messaging.drain();
  }

  on(): never {
    throw new Error('the messaging strategy has no events of its own');
  }

  unwrap<T>(): T {
    return this.messaging as T;
  }
}
