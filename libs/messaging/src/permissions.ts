import { ownerOf, streamOf } from '@aether/contracts/contract';
import { catalogs, topology, type ServiceName, type ServiceTopology } from '@aether/contracts/topology';
import { inboxOf } from './connection.js';
import { instanceSubjects } from './requests.js';

/** What one NATS user may do, in the words of nats-server's `authorization` block. */
interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  /** May answer the requests it receives, wherever their reply address is. */
  readonly allowResponses: boolean;
}

export interface NatsUser {
  readonly user: string;
  readonly password: string;
  readonly permissions: NatsPermissions;
}

/** Everything a service may do on the bus, and nothing else, from the catalogs and the topology. */
function permissionsOf(service: ServiceName): NatsPermissions {
  const part: ServiceTopology = topology[service];
  const { catalog, calls, durables, follows, readsAllStreams, passesOn } = part;
  const publish = new Set(['$JS.API.INFO', ...calls.map((contract) => contract.subject)]);
  const subscribe = new Set([`${inboxOf(service)}.>`, ...follows.map((live) => `${live.subject}.*`)]);
  if (catalog) {
    if (passesOn) for (const side of [publish, subscribe]) side.add(instanceSubjects(catalog.owner));
    for (const { subject } of Object.values(catalog.requests)) subscribe.add(`${subject} ${catalog.owner}`);
    for (const { subject } of Object.values(catalog.events)) publish.add(subject);
    for (const { subject } of Object.values(catalog.live)) publish.add(`${subject}.*`);
    for (const verb of ['CREATE', 'UPDATE', 'INFO'])
      publish.add(`$JS.API.STREAM.${verb}.${streamOf(catalog.owner)}`);
  }
  for (const { name, events } of durables)
    for (const subject of consumerSubjects(streamOf(events[0] ? ownerOf(events[0]) : ''), name))
      publish.add(subject);
  // Ordered consumers have names the client makes up, so the edge may use any on the streams it reads.
  if (readsAllStreams)
    for (const { owner } of catalogs)
      for (const subject of [
        ...consumerSubjects(streamOf(owner), '*'),
        `$JS.API.CONSUMER.DELETE.${streamOf(owner)}.*`,
      ])
        publish.add(subject);
  return {
    publish: { allow: [...publish] },
    subscribe: { allow: [...subscribe] },
    allowResponses: catalog !== null,
  };
}

function consumerSubjects(stream: string, consumer: string): string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
    `$JS.ACK.${stream}.${consumer}.>`,
  ];
}

/** The users of an installation, one a service, with the passwords given for them. */
export function natsUsers(passwords: Readonly<Record<ServiceName, string>>): NatsUser[] {
  return (Object.keys(topology) as ServiceName[]).map((service) => ({
    user: service,
    password: passwords[service],
    permissions: permissionsOf(service),
  }));
}
