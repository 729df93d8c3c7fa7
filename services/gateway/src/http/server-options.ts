import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@aether/messaging/id';
import type { FastifyServerOptions } from 'fastify';
import type { GatewayConfig } from '../config.js';
import { failureOf, rawProblem, sendProblem } from './problem.js';
import { readTls, tlsFilesOf } from './tls.js';

/** Where the WebSocket is; an upgrade anywhere else is answered as if it had not been asked for. */
export const LIVE_PATH = '/api/v1/live';

const HEADER_BYTES_MAX = 32 * 1024;

/** Limits of the HTTP server, and problems for what never reaches a route. */
export function serverOptions(config: GatewayConfig) {
  const connections = { maxHeaderSize: HEADER_BYTES_MAX, shouldUpgradeCallback: isLiveUpgrade };
  const tls = tlsFilesOf(config);
  return {
    ...(tls ? { https: { ...connections, ...readTls(tls) } } : { http: connections }),
    trustProxy: trusted(config.TRUSTED_PROXIES),
    bodyLimit: config.BODY_LIMIT_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    genReqId: () => newId(),
    logger: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, failureOf(error));
    },
    clientErrorHandler: (error, socket) => {
      answerUnreadable(error, socket);
    },
  } satisfies FastifyServerOptions & { https?: object; http?: object };
}

const trusted = (proxies: GatewayConfig['TRUSTED_PROXIES']) =>
  typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies;

function isLiveUpgrade({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && url?.split('?')[0] === LIVE_PATH && headers.upgrade?.toLowerCase() === 'websocket'
  );
}

const statusByCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const statusCode = statusByCode[error.code ?? ''] ?? 400;
  const failure = failureOf({ statusCode });
  socket.end(rawProblem(failure, { instance: '', correlationId: newId() }), () => socket.destroy());
}
