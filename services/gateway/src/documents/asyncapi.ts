import { catalogs } from '@aether/contracts/topology';
import type { EventContract } from '@aether/contracts/contract';
import type { LiveTopic } from '@aether/contracts/live';
import { LiveClientFrame, LiveEvent, LiveServerFrame } from '@aether/contracts/live-frames';
import { eventTopics, liveTopics } from '@aether/contracts/routes';
import type { z } from 'zod';
import { createSchema } from 'zod-openapi';

interface Message {
  name: string;
  title: string;
  summary?: string;
  contentType: 'application/json';
  payload: unknown;
}

/** The AsyncAPI 3.0 document: the frames of the WebSocket, and every event behind it. */
export function asyncApiDocument(): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const message = (name: string, schema: z.ZodType, about: Partial<Message> = {}): Message => {
    const { schema: payload, components } = createSchema(schema, {
      io: 'output',
      schemaRefPath: '#/components/schemas/',
    });
    Object.assign(schemas, components);
    return { name, title: name, contentType: 'application/json', payload, ...about };
  };
  const events = catalogs.flatMap((catalog) =>
    Object.entries<EventContract>(catalog.events).map(([name, { subject, data }]) => ({
      key: `${catalog.owner}.${name}`,
      subject,
      message: message(name, data),
    })),
  );
  const channels = Object.fromEntries(
    events.map(({ key, subject, message: payload }) => [
      key,
      { address: subject, servers: [reference('servers', 'bus')], messages: { event: payload } },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Aether Orchestrator, live',
      version: '1',
      license: { name: 'MIT' },
      description: liveDescription(),
    },
    servers: {
      edge: {
        host: '{host}',
        pathname: '/api/v1/live',
        protocol: 'ws',
        variables: { host: { default: 'localhost:7420' } },
        description: 'The gateway. wss where it is served by https.',
      },
      bus: {
        host: '{host}',
        protocol: 'nats',
        variables: { host: { default: 'localhost:4222' } },
        description: 'NATS with JetStream, for other systems on the inside that have an account there.',
      },
    },
    channels: {
      live: {
        address: '/api/v1/live',
        servers: [reference('servers', 'edge')],
        messages: {
          toEdge: message('LiveClientFrame', LiveClientFrame),
          fromEdge: message('LiveServerFrame', LiveServerFrame),
          event: message('LiveEvent', LiveEvent, { summary: '`data` of a frame on `events/<owner>`' }),
          ...Object.fromEntries(
            Object.entries<LiveTopic>(liveTopics).map(([name, { live, summary }]) => [
              name,
              message(`${name}Entry`, live.data, {
                summary: `Cursor and \`data\` of a frame on \`${name}/<id>\`: ${summary}`,
              }),
            ]),
          ),
        },
      },
      ...channels,
    },
    operations: {
      ask: {
        action: 'receive',
        channel: reference('channels', 'live'),
        messages: [reference('channels', 'live', 'messages', 'toEdge')],
      },
      tell: {
        action: 'send',
        channel: reference('channels', 'live'),
        messages: [reference('channels', 'live', 'messages', 'fromEdge')],
      },
      ...Object.fromEntries(
        events.map(({ key }) => [
          `publish.${key}`,
          {
            action: 'send',
            channel: reference('channels', key),
            messages: [reference('channels', key, 'messages', 'event')],
          },
        ]),
      ),
    },
    components: { schemas },
  };
}

const reference = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

function liveDescription(): string {
  const topics = [
    ...Object.entries(liveTopics).map(
      ([name, { access, summary }]) => `- \`${name}/<id>\` (${access}): ${summary}`,
    ),
    ...Object.entries(eventTopics).map(
      ([name, { access, summary }]) => `- \`events/${name}\` (${access}): ${summary}`,
    ),
  ];
  return [
    'One WebSocket at `/api/v1/live`, opened with the session cookie or an `Authorization` header. Topics, and the',
    'permission each needs:',
    '',
    ...topics,
    '',
    'Each frame carries a cursor. After a drop, or a `resync`, subscribe again with the last one as `after`: nothing',
    'is missing and nothing comes twice.',
  ].join('\n');
}
