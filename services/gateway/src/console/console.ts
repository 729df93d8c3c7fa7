import { join } from 'node:path';
import type { Logger } from '@aether/runtime/logger';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NOWHERE, readConsoleFiles, type ConsoleFile } from './console-files.js';

type Directives = Readonly<Record<string, readonly string[]>>;

/** Charts and graphs place their parts by style attributes; scripts stay as strict as everywhere. */
const policyOf = (base: Directives, scriptHashes: readonly string[]) => ({
  ...base,
  'script-src': ["'self'", ...scriptHashes],
  'style-src': ["'self'", "'unsafe-inline'"],
  'manifest-src': ["'self'"],
  'worker-src': ["'self'"],
});

/** Serves the exported console: its pages at clean addresses, any id where a page is for one thing. */
export async function registerConsole(
  fastify: FastifyInstance,
  { folder, policy, logger }: { folder: string; policy: Directives; logger: Logger },
): Promise<void> {
  const files = readConsoleFiles(folder);
  if (!files) {
    logger.warn({ folder }, 'the console is not built: `npm run build:console` builds it');
    fastify.get('/', (_request, reply) => {
      void reply.code(503).type('text/plain').send('The console is not built. Run: npm run build:console\n');
    });
    return;
  }
  await fastify.register(fastifyStatic, {
    root: join(folder, '_next'),
    prefix: '/_next/',
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
  for (const file of files) serve(fastify, file, policy);
}

function serve(
  fastify: FastifyInstance,
  { path, type, content, scriptHashes }: ConsoleFile,
  base: Directives,
): void {
  const isPage = type.startsWith('text/html');
  const directives = isPage ? policyOf(base, scriptHashes) : null;
  fastify.get(path, (request, reply) => {
    if (path === NOWHERE && !isForReading(request)) return void reply.callNotFound();
    if (directives)
      reply.helmet({
        contentSecurityPolicy: {
          useDefaults: false,
          directives: Object.fromEntries(
            Object.entries(directives).map(([name, values]) => [name, [...values]]),
          ),
        },
      });
    // A page names its scripts by their content, so that an old copy of it would miss them after an update.
    void reply
      .code(path === NOWHERE ? 404 : 200)
      .header('Cache-Control', 'no-cache')
      .type(type)
      .send(content);
  });
}

/** Whether a person looks for a page; programs are told of a wrong address as a problem. */
const isForReading = ({ url, headers }: FastifyRequest) =>
  !url.startsWith('/api/') && headers.accept?.includes('text/html') === true;
