import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type GatewayConfig } from '../config.js';
import { Gate } from '../http/gate.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Who may read figures: `system:read`, the token of the settings, and this machine where the settings say so. */
@Injectable()
export class MetricsAccess {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly gate: Gate,
  ) {}

  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.hasToken(request) || this.isFromHere(request)) return;
    await this.gate.admit(request, reply, { access: 'system:read' });
  }

  private hasToken({ headers }: FastifyRequest): boolean {
    const token = this.config.METRICS_TOKEN;
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    return token !== undefined && given !== undefined && timingSafeEqual(digest(token), digest(given));
  }

  private isFromHere({ headers, socket }: FastifyRequest): boolean {
    if (!this.config.METRICS_LOOPBACK) return false;
    // What a proxy passes on comes from elsewhere, even where the proxy is on this machine.
    if (headers['x-forwarded-for'] ?? headers.forwarded ?? headers.via) return false;
    const address = socket.remoteAddress ?? '';
    return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();
