import { STATUS_CODES } from 'node:http';
import { ContractFailure, commonFailure } from '@aether/contracts/failure';
import type { Problem } from '@aether/contracts/problem';
import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { edgeFailure } from './edge-errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What a thrown thing means to the caller; anything that is not theirs is `internal` and tells nothing. */
export function failureOf(error: unknown): ContractFailure {
  if (error instanceof ContractFailure) return error;
  const detail = error instanceof Error ? error.message : undefined;
  const status = statusOf(error) ?? 500;
  switch (status) {
    case 403:
    case 404:
      return commonFailure('not_found');
    case 408:
      return edgeFailure('request_timeout');
    case 413:
      return commonFailure('payload_too_large', { detail });
    case 414:
      return edgeFailure('uri_too_long');
    case 415:
      return edgeFailure('unsupported_media_type');
    case 431:
      return edgeFailure('headers_too_large');
    case 503:
      return commonFailure('unavailable', { retryAfterS: 2 });
    default:
      return status >= 400 && status < 500
        ? commonFailure('invalid_input', {
            detail,
            hint: 'Correct the request as `detail` says and send it again.',
          })
        : commonFailure('internal', { cause: error });
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error === 'object' && error !== null && 'statusCode' in error) return Number(error.statusCode);
  return undefined;
}

export function problemOf(
  failure: ContractFailure,
  about: { instance: string; correlationId: string },
): Problem {
  return {
    type: `/api/v1/docs/errors#${failure.code}`,
    title: failure.spec.title,
    status: failure.status,
    detail: failure.message,
    code: failure.code,
    hint: failure.hint,
    ...(failure.issues && { issues: [...failure.issues] }),
    ...(failure.retryAfterS !== undefined && { retryAfterS: failure.retryAfterS }),
    ...about,
  };
}

/** Answers a request with a failure. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  failure: ContractFailure,
): FastifyReply {
  if (failure.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  if (failure.retryAfterS !== undefined)
    void reply.header('Retry-After', String(Math.ceil(failure.retryAfterS)));
  const instance = request.raw.url?.split('?')[0] ?? '';
  return reply
    .code(failure.status)
    .header('X-Correlation-Id', request.id)
    .header('Cache-Control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(failure, { instance, correlationId: request.id })));
}

/** A whole HTTP answer in text, for sockets that have no reply object (refused upgrades, unreadable requests). */
export function rawProblem(
  failure: ContractFailure,
  about: { instance: string; correlationId: string },
): string {
  const body = JSON.stringify(problemOf(failure, about));
  return [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? 'Error'}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${about.correlationId}`,
    ...(failure.status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ...(failure.retryAfterS === undefined ? [] : [`Retry-After: ${Math.ceil(failure.retryAfterS)}`]),
    '',
    body,
  ].join('\r\n');
}
