import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

export default {
  // Plain files, which the gateway serves (docs/console.md).
  output: 'export',
  trailingSlash: true,
  turbopack: { root: repository },
  outputFileTracingRoot: repository,
  reactStrictMode: true,
} satisfies NextConfig;
