'use client';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { readSamples } from '@/system/use-samples';
import { Loaded } from '@/ui/feedback';
import { Mark } from '@/ui/mark';
import { version } from '../../package.json';
import { LicenceText, Licences } from './licences';
import { Part } from './part';
import { useBuild } from './use-build';

const documents = [
  { href: '/api/v1/docs', label: 'Every route of the API' },
  { href: '/api/v1/docs/errors', label: 'Every error code' },
  { href: '/api/v1/openapi.json', label: 'OpenAPI document' },
  { href: '/api/v1/asyncapi.json', label: 'AsyncAPI document of events' },
];

/** Of the process that answers; its figures tell it. */
const useNodeVersion = (enabled: boolean) =>
  useQuery({
    queryKey: ['node-version'],
    queryFn: async ({ signal }) => {
      const { samples } = await readSamples(signal);
      return samples.find(({ name }) => name === 'nodejs_version_info')?.labels['version'] ?? null;
    },
    enabled,
    staleTime: Infinity,
  }).data;

export function About() {
  const may = useMay();
  const build = useBuild();
  const node = useNodeVersion(may('system:read'));
  const connections = useRead('GET /api/v1/connections', {}, { enabled: may('connections:read') });
  const gateways = new Map<string, number>();
  for (const { gatewayVersion } of connections.data?.items ?? [])
    if (gatewayVersion) gateways.set(gatewayVersion, (gateways.get(gatewayVersion) ?? 0) + 1);
  return (
    <>
      <Part
        title="Aether Orchestrator"
        lead="Deploys agents, talks with them, and puts them to work together."
      >
        <div className="flex items-center gap-4">
          <Mark />
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
            <dt className="text-dim">Aether</dt>
            <dd>version {version}, MIT licence</dd>
            {build.data?.commit && (
              <>
                <dt className="text-dim">Console built from</dt>
                <dd className="font-mono text-12 break-all">{build.data.commit}</dd>
              </>
            )}
            <dt className="text-dim">API</dt>
            <dd>version 1</dd>
            {node && (
              <>
                <dt className="text-dim">Node.js</dt>
                <dd>{node.replace(/^v/, '')}</dd>
              </>
            )}
            <dt className="text-dim">Agents’ gateways</dt>
            <dd>
              {gateways.size === 0
                ? 'none connected'
                : [...gateways].map(([version, count]) => `OpenClaw ${version} (${count})`).join(', ')}
            </dd>
          </dl>
        </div>
      </Part>
      <Part title="For programs" lead="Everything this console does goes over the same API.">
        <ul className="space-y-2">
          {documents.map(({ href, label }) => (
            <li key={href}>
              <a
                href={href}
                target="_blank"
                rel="noreferrer"
                className="inline-flex items-center gap-2 text-accent hover:underline"
              >
                {label} <ExternalLink aria-hidden className="size-3.5" />
              </a>
            </li>
          ))}
        </ul>
      </Part>
      <Loaded query={build}>
        {(data) => (
          <>
            <Part title="Licence of Aether" flush>
              <LicenceText text={data.licence} />
            </Part>
            <Licences build={data} />
          </>
        )}
      </Loaded>
    </>
  );
}
