import { ownerOf } from '@aether/contracts/contract';
import { Problem } from '@aether/contracts/problem';
import type { RouteSpec } from '@aether/contracts/route';
import { SessionReply, routes } from '@aether/contracts/routes';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { ACCESS_COOKIE } from '../http/session-cookies.js';
import { errorsOf } from './error-codes.js';

const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/)
  .optional()
  .describe('Chosen by the client: the same key and body again gives the first answer and no second effect.');

/** The OpenAPI 3.1 document of everything the route table serves. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [key, route] of Object.entries<RouteSpec>(routes)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(method, path, route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Aether Orchestrator',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Deploy OpenClaw agents and talk to them. Errors are problems (RFC 9457) with a stable `code` and a `hint`; ' +
        'they are listed at [/api/v1/docs/errors](/api/v1/docs/errors). What happens live is told on the WebSocket ' +
        '`/api/v1/live`, described at [/api/v1/asyncapi.json](/api/v1/asyncapi.json).',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values<RouteSpec>(routes).map(({ contract }) => ownerOf(contract)))].map(
      (name) => ({
        name,
      }),
    ),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key (`aek_…`).' },
        cookie: { type: 'apiKey', in: 'cookie', name: ACCESS_COOKIE, description: 'Set by signing in.' },
      },
    },
  });
}

function operationOf(method: string, path: string, route: RouteSpec): ZodOpenApiOperationObject {
  const { fields, params } = fieldsOf(path, route);
  const inQuery = method === 'GET' || method === 'DELETE';
  const hasFields = Object.keys(fields.shape).length > 0;
  const [, owner = '', name = ''] = route.contract.subject.split('.');
  const needs = needsOf(route);
  return {
    operationId: `${owner}.${name.replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase())}`,
    tags: [owner],
    summary: route.summary,
    ...(needs && { description: needs }),
    security: route.access === 'public' ? [] : [{ bearer: [] }, { cookie: [] }],
    requestParams: {
      ...(Object.keys(params.shape).length > 0 && { path: params }),
      ...(inQuery && hasFields && { query: fields }),
      ...(method === 'POST' && { header: z.object({ 'Idempotency-Key': IdempotencyKey }) }),
    },
    ...(!inQuery &&
      hasFields && { requestBody: { required: true, content: { 'application/json': { schema: fields } } } }),
    responses: responsesOf(method, route),
  };
}

function needsOf({ access }: RouteSpec): string {
  if (access === 'public') return '';
  return access === 'authenticated'
    ? 'For everybody who is signed in.'
    : `Needs the permission \`${access}\`.`;
}

/** Any bytes, of the media type that the answer names. */
const FILE = { '*/*': { schema: { type: 'string', format: 'binary' } } } as const;

/** Fields of an input that the edge fills in from cookies and connection. */
const edgeFields = {
  start: ['client'],
  refresh: ['refreshToken'],
  end: ['refreshToken'],
  file: ['offset'],
  none: [],
} as const;

/** The input, parted into what the path says and the rest; what only a cookie can say is left out. */
function fieldsOf(path: string, route: RouteSpec): { fields: z.ZodObject; params: z.ZodObject } {
  const { input } = route.contract;
  if (!(input instanceof z.ZodObject))
    throw new Error(`the input of ${route.contract.subject} is not an object`);
  const names = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const hidden: readonly string[] = edgeFields[route.session ?? (route.file ? 'file' : 'none')];
  const shape = Object.fromEntries(Object.entries(input.shape).filter(([name]) => !hidden.includes(name)));
  const part = (inPath: boolean) =>
    z.object(Object.fromEntries(Object.entries(shape).filter(([name]) => names.has(name) === inPath)));
  return { fields: part(false), params: part(true) };
}

function responsesOf(method: string, route: RouteSpec): ZodOpenApiResponsesObject {
  const issuesSession = route.session === 'start' || route.session === 'refresh';
  const good = issuesSession ? SessionReply : route.contract.output;
  const errors = Object.entries(errorsOf(method, route));
  const bad = [...new Set(errors.map(([, spec]) => spec.status))].map(
    (status): [string, ZodOpenApiResponseObject] => [
      String(status),
      {
        description: errors
          .filter(([, spec]) => spec.status === status)
          .map(([code, { title, hint }]) => `\`${code}\`: ${title} ${hint}`)
          .join('\n\n'),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ],
  );
  return {
    [String(route.status ?? 200)]: {
      description: route.file ? 'The file.' : 'Done.',
      content: route.file ? FILE : { 'application/json': { schema: good } },
    },
    ...Object.fromEntries(bad),
  };
}
