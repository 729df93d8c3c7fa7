import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');

const prelude = `
import { defineRequest } from '@aether/contracts/contract';
import { failure } from '@aether/contracts/failure';
import type { Messaging } from '@aether/messaging/messaging';
import { serviceContext } from '@aether/messaging/context';
import { z } from 'zod';
const requests = {
  one: defineRequest('req.sample.one.v1', { input: z.object({ id: z.string() }), output: z.object({ n: z.number() }),
    errors: { gone: { status: 404, title: 'x', hint: 'y' } } }),
  two: defineRequest('req.sample.two.v1', { input: z.object({}), output: z.object({}) }),
};
declare const messaging: Messaging;
`;

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8')).config,
  ts.sys,
  root,
);
const options: ts.CompilerOptions = {
  ...config.options,
  noEmit: true,
  composite: false,
  incremental: false,
  declaration: false,
  types: [],
  paths: {
    '@aether/contracts/*': [join(root, 'libs/contracts/src/*.ts')],
    '@aether/messaging/*': [join(root, 'libs/messaging/src/*.ts')],
  },
};
const served = (one: string, rest = 'two: () => ({})') =>
  `messaging.serve(requests, { one: ${one}, ${rest} });`;
const called = (contract: string, input: string) =>
  `void messaging.call(${contract}, ${input}, serviceContext('x'));`;

interface Case {
  name: string;
  lines: string;
  /** What the compiler says; nothing where absent. */
  fault?: RegExp;
}

const cases: Case[] = [
  { name: 'takes a map with every handler', lines: served(`({ id }) => ({ n: id.length })`) },
  { name: 'takes a declared failure', lines: served(`(_, c) => { throw c.fail('gone'); }`) },
  {
    name: 'takes a common failure',
    lines: served(`(_, c) => { throw c.fail('forbidden', { detail: 'no' }); }`),
  },
  { name: 'takes a failure of the contract outside a handler', lines: `failure(requests.one, 'gone');` },
  { name: 'takes a call', lines: called('requests.one', `{ id: 'x' }`) },
  {
    name: 'refuses a map that misses a handler',
    lines: served(`() => ({ n: 1 })`, ''),
    fault: /'two' is missing/,
  },
  { name: 'refuses a wrong reply', lines: served(`() => ({ n: 'one' })`), fault: /not assignable/ },
  { name: 'refuses a missing reply', lines: served(`() => undefined`), fault: /not assignable/ },
  {
    name: 'refuses to read what is not in the input',
    lines: served(`({ name }) => ({ n: 1 })`),
    fault: /'name' does not exist/,
  },
  {
    name: 'refuses a code that the contract does not declare',
    lines: served(`(_, c) => { throw c.fail('lost'); }`),
    fault: /"lost"/,
  },
  { name: 'refuses such a code outside a handler', lines: `failure(requests.two, 'gone');`, fault: /"gone"/ },
  {
    name: 'refuses a call with a wrong input',
    lines: called('requests.one', `{ id: 5 }`),
    fault: /'number' is not assignable/,
  },
];

/** What the compiler says of each case, placed behind the prelude, in the order of the cases. */
function compile(): string[] {
  const texts = new Map(cases.map(({ lines }, index) => [join(here, `case-${index}.ts`), prelude + lines]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => texts.has(path) || disk.fileExists(path),
    readFile: (path) => texts.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version) => {
      const text = texts.get(path);
      return text === undefined
        ? disk.getSourceFile(path, version)
        : ts.createSourceFile(path, text, version);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join(' | ');
  });
}

describe('the compiler', () => {
  let said: string[];
  beforeAll(() => {
    said = compile();
  });

  it.each(cases.map((each, index) => ({ ...each, index })))('$name', ({ fault, index }) => {
    if (fault) expect(said[index]).toMatch(fault);
    else expect(said[index]).toBe('');
  });
});
