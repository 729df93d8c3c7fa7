import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Arrows point one way (docs/adr/0002): a layer may use the layers listed for it and no other. */
const layers = {
  'layer:contracts': [],
  'layer:messaging': ['layer:contracts'],
  'layer:persistence': ['layer:contracts', 'layer:messaging'],
  'layer:runtime': ['layer:contracts', 'layer:messaging', 'layer:persistence'],
  'layer:local-stack': [],
  'layer:openclaw-process': [],
  'layer:testing': [
    'layer:contracts',
    'layer:messaging',
    'layer:persistence',
    'layer:runtime',
    'layer:local-stack',
    'layer:openclaw-process',
  ],
  'layer:service': [
    'layer:contracts',
    'layer:messaging',
    'layer:persistence',
    'layer:runtime',
    'layer:openclaw-process',
  ],
  'layer:host': [
    'layer:contracts',
    'layer:messaging',
    'layer:persistence',
    'layer:runtime',
    'layer:local-stack',
    'layer:openclaw-process',
    'layer:service',
  ],
  'layer:bench': ['layer:contracts', 'layer:local-stack', 'layer:testing'],
  'layer:web': ['layer:contracts'],
};

const depConstraints = Object.entries(layers).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
  sourceTag,
  onlyDependOnLibsWithTags,
}));

// The tests of a library may use the fixtures that stand on it; its sources may not (see the last block).
const ignoredCircularDependencies = [
  'contracts',
  'messaging',
  'persistence',
  'runtime',
  'local-stack',
  'openclaw-process',
].map((library) => ['@aether/testing', `@aether/${library}`]);

const typeOrmUsers = [
  '**/*.repository.ts',
  '**/*.entity.ts',
  '**/migrations/**',
  'libs/persistence/**',
  '**/test/**',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/*.mjs',
      '**/public/**',
      '.cache/**',
      '.data/**',
      '.nx/**',
      '**/.next/**',
      'web/out/**',
      'out/**',
      '**/next-env.d.ts',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: true, allow: [], depConstraints, ignoredCircularDependencies },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Constructors are exempt: Nest injects through them.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(FunctionDeclaration, ArrowFunctionExpression, MethodDefinition[kind!="constructor"] > FunctionExpression)[params.length>3]',
          message: 'Take an object instead of more than three positional parameters.',
        },
      ],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the environment in config.ts only.' },
      ],
    },
  },
  {
    files: ['services/*/src/**/*.ts'],
    ignores: typeOrmUsers,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'typeorm', message: 'Only entities, repositories and migrations import TypeORM.' }],
        },
      ],
    },
  },
  // Tests stand above every layer: they may start whatever they prove something about.
  { files: ['**/test/**/*.ts'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  { files: ['**/config.ts', '**/test/**', 'libs/testing/**'], rules: { 'no-restricted-properties': 'off' } },
);
