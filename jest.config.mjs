import { readdirSync } from 'node:fs';

/** Folder of each package, so that `@aether/<name>/<file>` is tested from its source, without a build. */
const folders = Object.fromEntries(
  ['libs', 'services'].flatMap((parent) =>
    readdirSync(new URL(parent, import.meta.url)).map((name) => [name, parent]),
  ),
);
const sources = Object.entries(folders).map(([name, parent]) => [
  `^@aether/${name}/(.*)$`,
  `<rootDir>/${parent}/${name}/src/$1.ts`,
]);

const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{libs,services}/*/test/**/*.test.ts', '<rootDir>/{cli,web}/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    ...Object.fromEntries(sources),
    '^@aether/cli/(.*)$': '<rootDir>/cli/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Compiled, because jest would load the sources as CommonJS.
  globalSetup: '<rootDir>/libs/testing/dist/global-setup.js',
  globalTeardown: '<rootDir>/libs/testing/dist/global-teardown.js',
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 180_000,
  maxWorkers: 2,
};
