import { readFile } from 'node:fs/promises';
import { GatewayAuth, type Connection } from '@aether/contracts/openclaw';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { CommandError, usageError } from '../command-error.js';
import { askPassword, readSecretFromStdin } from '../prompts.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { printConnection, printConnections, printReason, printReport } from '../view/connections.js';
import { watchConnection } from '../watch-connection.js';

const name = z.string().trim().min(1);
const settings = {
  auth: GatewayAuth.default('token'),
  stdin: z.boolean().default(false),
  accessId: z.string().optional(),
  accessSecretFile: z.string().optional(),
  fingerprint: z.string().optional(),
};
type Settings = z.infer<z.ZodObject<typeof settings>>;

const settingFlags = [
  ['--auth <kind>', `what the gateway is shown, one of: ${GatewayAuth.options.join(', ')} (default: token)`],
  ['--stdin', 'read the token or password from standard input'],
  ['--access-id <id>', 'client id of a Cloudflare Access service token'],
  ['--access-secret-file <file>', 'a file with its client secret'],
  ['--fingerprint <sha256>', 'take only the certificate with this fingerprint'],
] as const;

/** `connections` and `connection add|show|set|test|pair|rotate|remove`. */
export function addConnections(program: Command): void {
  addCommand(program, {
    usage: 'connections',
    summary: 'the gateways, their state, and why one is not connected',
    examples: ['npx aether connections'],
    input: z.object({}),
    async run({ config, terminal }) {
      const api = new Api(await requireTarget(config));
      const connections = await listAll(api, 'GET /api/v1/connections', {});
      terminal.answer({ connections }, () => printConnections(terminal, connections));
    },
  });
  const group = program.command('connection').description('gateways that run elsewhere');
  addAdd(group);
  addShow(group);
  addSet(group);
  addTest(group);
  addPair(group);
  addRotate(group);
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'forget a gateway that runs elsewhere, with its chats and secrets',
    examples: ['npx aether connection remove office'],
    input: z.object({ name }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input.name);
      await api.call('DELETE /api/v1/connections/{id}', { id });
      terminal.answer({ removed: id }, () => terminal.line(`${input.name} and its secrets are removed.`));
    },
  });
}

function addAdd(group: Command): void {
  addCommand(group, {
    usage: 'add <name> <url>',
    summary: 'connect to a gateway that runs elsewhere',
    flags: settingFlags,
    examples: ['npx aether connection add office wss://openclaw.example.com'],
    input: z.object({ name, url: z.string(), ...settings }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const target = await targetOf(terminal, input);
      const connection = await api.call('POST /api/v1/connections', {
        name: input.name,
        url: input.url,
        ...target,
      });
      await show(terminal, { api, connection });
    },
  });
}

function addShow(group: Command): void {
  addCommand(group, {
    usage: 'show <name>',
    summary: 'why it is not connected, what to do, and what does not work with its gateway',
    examples: ['npx aether connection show office'],
    input: z.object({ name }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const connection = await found(api, input.name);
      const { items: probes } = await api.call('GET /api/v1/connections/{id}/probes', {
        id: connection.id,
        limit: 5,
      });
      terminal.answer({ connection, probes }, () => printConnection(terminal, { connection, probes }));
    },
  });
}

function addSet(group: Command): void {
  addCommand(group, {
    usage: 'set <name>',
    summary: 'change a connection; where it leads elsewhere, its token is needed again',
    flags: [
      ['--rename <name>', 'another name'],
      ['--url <address>', 'where the gateway is'],
      ['--credential', 'ask for another token or password'],
      ...settingFlags,
      ['--without-access', 'send no service token any more'],
      ['--without-fingerprint', 'take any certificate that is trusted'],
    ],
    examples: [
      'npx aether connection set office --credential',
      'npx aether connection set office --rename lab --without-fingerprint',
    ],
    input: z.object({
      name,
      rename: name.optional(),
      url: z.string().optional(),
      credential: z.boolean().default(false),
      withoutAccess: z.boolean().default(false),
      withoutFingerprint: z.boolean().default(false),
      ...settings,
      auth: GatewayAuth.optional(),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id, auth } = await found(api, input.name);
      const isGiven = input.credential || input.stdin;
      const connection = await api.call('PATCH /api/v1/connections/{id}', {
        id,
        name: input.rename,
        url: input.url,
        auth: input.auth,
        ...(isGiven && { credential: await credential(terminal, { ...input, auth: input.auth ?? auth }) }),
        ...(input.withoutAccess && { access: null }),
        ...(input.withoutFingerprint && { tlsFingerprint: null }),
        ...(await edgeOf(input)),
      });
      await show(terminal, { api, connection });
    },
  });
}

function addTest(group: Command): void {
  addCommand(group, {
    usage: 'test <url>',
    summary: 'try a gateway without keeping anything',
    flags: settingFlags,
    examples: ['npx aether connection test wss://openclaw.example.com'],
    input: z.object({ url: z.string(), ...settings }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const target = await targetOf(terminal, input);
      const report = await api.call('POST /api/v1/connections/test', { url: input.url, ...target });
      terminal.answer({ report }, () => printReport(terminal, report));
    },
  });
}

function addPair(group: Command): void {
  addCommand(group, {
    usage: 'pair <name>',
    summary: 'say what to run on the gateway’s machine, and wait until it lets Aether in',
    examples: ['npx aether connection pair office'],
    input: z.object({ name }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      await show(terminal, { api, connection: await found(api, input.name) });
    },
  });
}

function addRotate(group: Command): void {
  addCommand(group, {
    usage: 'rotate <name>',
    summary: 'show the gateway a new device key, which it may want approved',
    examples: ['npx aether connection rotate office'],
    input: z.object({ name }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input.name);
      const connection = await api.call('POST /api/v1/connections/{id}/rotate-device', { id });
      await show(terminal, { api, connection });
    },
  });
}

/** Waits until it stands or somebody has to act; while the gateway waits for its approval, says how. */
async function show(
  terminal: Terminal,
  { api, connection }: { api: Api; connection: Connection },
): Promise<void> {
  let told = '';
  const latest = await watchConnection(api, connection, ({ pairing }) => {
    if (terminal.json || !pairing || pairing.requestId === told) return;
    told = pairing.requestId;
    terminal.line('The gateway wants this device to be approved. On its machine, run:');
    terminal.line(`  ${pairing.command}`);
  });
  terminal.answer({ connection: latest }, () => {
    printConnections(terminal, [latest]);
    printReason(terminal, latest);
  });
}

async function targetOf(terminal: Terminal, input: Settings) {
  return {
    auth: input.auth,
    ...(input.auth !== 'device' && { credential: await credential(terminal, input) }),
    ...(await edgeOf(input)),
  };
}

function credential(terminal: Terminal, { auth, stdin }: Pick<Settings, 'auth' | 'stdin'>): Promise<string> {
  if (stdin) return readSecretFromStdin();
  const message = auth === 'password' ? 'Password of the gateway' : 'Token of the gateway';
  return askPassword({ terminal, flag: '--stdin', message });
}

async function edgeOf({ accessId, accessSecretFile, fingerprint }: Omit<Settings, 'auth' | 'stdin'>) {
  if ((accessId === undefined) !== (accessSecretFile === undefined))
    throw usageError('A service token has two parts.', 'Give --access-id and --access-secret-file together.');
  return {
    ...(accessId !== undefined &&
      accessSecretFile !== undefined && {
        access: { clientId: accessId, clientSecret: (await readFile(accessSecretFile, 'utf8')).trim() },
      }),
    ...(fingerprint !== undefined && { tlsFingerprint: fingerprint }),
  };
}

async function found(api: Api, wanted: string): Promise<Connection> {
  const connections = await listAll(api, 'GET /api/v1/connections', {});
  const connection = connections.find((each) => each.name === wanted || each.id === wanted);
  if (connection) return connection;
  throw new CommandError({
    code: 'connection_not_found',
    detail: `There is no connection "${wanted}".`,
    hint: 'List them with `npx aether connections`.',
  });
}
