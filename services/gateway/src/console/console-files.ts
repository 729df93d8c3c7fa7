import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** A file of the exported console that is answered at a path of its own. */
export interface ConsoleFile {
  /** As a route of the server: a folder named `_` stands for any id, `NOWHERE` for what nothing else answers. */
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
  /** Of the inline scripts of a page; empty for what is not a page. */
  readonly scriptHashes: readonly string[];
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  txt: 'text/x-component; charset=utf-8',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  png: 'image/png',
  js: 'text/javascript; charset=utf-8',
  webmanifest: 'application/manifest+json',
};

/** Folders whose pages are not addresses of the console, and what has names that change with its content. */
const PASSED_OVER = /^(?:_next|_not-found|404)(?:\/|$)/;

/** Path of the page for addresses that do not exist. */
export const NOWHERE = '/*';

/** Everything of the export but its immutable parts; null where there is no export. */
export function readConsoleFiles(folder: string): readonly ConsoleFile[] | null {
  if (!existsSync(join(folder, 'index.html'))) return null;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(folder.length).split(sep).join('/'), entry.name))
    .map((name) => name.replace(/^\//, ''))
    .filter((name) => !PASSED_OVER.test(name))
    .flatMap((name) => {
      const type = types[name.slice(name.lastIndexOf('.') + 1)];
      if (!type) return [];
      const content = readFileSync(join(folder, name));
      const isPage = name.endsWith('.html');
      return [{ path: pathOf(name), type, content, scriptHashes: isPage ? inlineScripts(content) : [] }];
    });
}

function pathOf(name: string): string {
  if (name === '404.html') return NOWHERE;
  const address = name.replace(/(^|\/)index\.html$/, '$1');
  return `/${address}`.replaceAll('/_/', '/:id/');
}

function inlineScripts(page: Buffer): string[] {
  const scripts = page.toString('utf8').matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g);
  return [
    ...new Set(
      [...scripts].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`),
    ),
  ];
}
