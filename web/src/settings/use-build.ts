'use client';
import { useQuery } from '@tanstack/react-query';
import { CallError } from '@/api/call';

export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Place in `texts`; null where the package brings no text. */
  readonly text: number | null;
}

/** What scripts/console.mjs writes when the console is built. */
export interface Build {
  readonly commit: string | null;
  readonly licence: string;
  readonly packages: readonly Licensed[];
  readonly texts: readonly string[];
}

const ADDRESS = '/_next/build.json';

async function readBuild(signal: AbortSignal): Promise<Build> {
  // Its name stays from build to build, so that the copy of an older one is asked about.
  const response = await fetch(ADDRESS, { signal, cache: 'no-cache' });
  if (!response.ok)
    throw new CallError({
      type: 'about:blank',
      status: response.status,
      instance: ADDRESS,
      code: 'build_unreadable',
      title: 'The licences cannot be read.',
      detail: `Their file was answered with ${response.status}.`,
      hint: 'It is written by `npm run build:console`.',
      correlationId: '',
    });
  return (await response.json()) as Build;
}

export const useBuild = () =>
  useQuery<Build, Error>({
    queryKey: ['build'],
    queryFn: ({ signal }) => readBuild(signal),
    staleTime: Infinity,
  });
