#!/usr/bin/env node
// Runs the command on Node 24, preparing a fresh clone first.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { handOver, prepare } from '../../scripts/boot.mjs';

const program = new URL('../dist/main.js', import.meta.url);
if (!existsSync(program)) prepare();
if (Number(process.versions.node.split('.')[0]) >= 24 && existsSync(program)) await import(program.href);
else handOver(fileURLToPath(program), process.argv.slice(2));
