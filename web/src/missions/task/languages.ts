import type { LanguageInput } from 'shiki/core';

interface Grammar {
  readonly name: string;
  readonly load: () => Promise<LanguageInput>;
}

const grammar = (name: string, endings: string, load: () => Promise<{ default: LanguageInput }>) =>
  endings.split(' ').map((ending) => [ending, { name, load: async () => (await load()).default }] as const);

/** By the end of a file's name; each is loaded when the first such file is shown. */
const grammars = new Map<string, Grammar>([
  ...grammar('typescript', 'ts mts cts', () => import('shiki/langs/typescript.mjs')),
  ...grammar('tsx', 'tsx', () => import('shiki/langs/tsx.mjs')),
  ...grammar('javascript', 'js mjs cjs', () => import('shiki/langs/javascript.mjs')),
  ...grammar('jsx', 'jsx', () => import('shiki/langs/jsx.mjs')),
  ...grammar('json', 'json', () => import('shiki/langs/json.mjs')),
  ...grammar('css', 'css', () => import('shiki/langs/css.mjs')),
  ...grammar('html', 'html htm', () => import('shiki/langs/html.mjs')),
  ...grammar('markdown', 'md mdx', () => import('shiki/langs/markdown.mjs')),
  ...grammar('yaml', 'yml yaml', () => import('shiki/langs/yaml.mjs')),
  ...grammar('toml', 'toml', () => import('shiki/langs/toml.mjs')),
  ...grammar('shellscript', 'sh bash zsh', () => import('shiki/langs/shellscript.mjs')),
  ...grammar('python', 'py', () => import('shiki/langs/python.mjs')),
  ...grammar('go', 'go', () => import('shiki/langs/go.mjs')),
  ...grammar('rust', 'rs', () => import('shiki/langs/rust.mjs')),
  ...grammar('java', 'java', () => import('shiki/langs/java.mjs')),
  ...grammar('kotlin', 'kt kts', () => import('shiki/langs/kotlin.mjs')),
  ...grammar('csharp', 'cs', () => import('shiki/langs/csharp.mjs')),
  ...grammar('c', 'c h', () => import('shiki/langs/c.mjs')),
  ...grammar('php', 'php', () => import('shiki/langs/php.mjs')),
  ...grammar('ruby', 'rb', () => import('shiki/langs/ruby.mjs')),
  ...grammar('swift', 'swift', () => import('shiki/langs/swift.mjs')),
  ...grammar('sql', 'sql', () => import('shiki/langs/sql.mjs')),
  ...grammar('docker', 'dockerfile', () => import('shiki/langs/docker.mjs')),
]);

export const grammarOf = (path: string): Grammar | undefined =>
  grammars.get(path.toLowerCase().split(/[./]/).at(-1) ?? '');
