import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';

const out = fileURLToPath(new URL('../out', import.meta.url));
const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
const read = (name: string) => readFileSync(join(out, name), 'utf8');

const sizes = new Map<string, number>();
function kilobytesOf(script: string): number {
  const known = sizes.get(script) ?? gzipSync(readFileSync(join(out, script)), { level: 9 }).length / 1_000;
  sizes.set(script, known);
  return known;
}

/** Scripts that a page names, but those for browsers that know no modules: nobody loads them now. */
function firstLoad(page: string): number {
  const scripts = [...read(page).matchAll(/<script([^>]*)\ssrc="([^"]+)"([^>]*)>/g)];
  const loaded = scripts.flatMap(([, before = '', src = '', after = '']) =>
    /nomodule/i.test(before + after) ? [] : src,
  );
  return [...new Set(loaded)].reduce((total, src) => total + kilobytesOf(src), 0);
}

describe('the exported console', () => {
  const pages = files.filter((name) => name.endsWith('index.html'));
  const isDoor = (page: string) => /^(?:sign-in|setup|invite)\//.test(page);

  test('loads less than 200 kB of scripts before sign-in and less than 350 kB for any screen', () => {
    const heavy = pages
      .map((page) => ({ page, kilobytes: firstLoad(page) }))
      .filter(({ page, kilobytes }) => kilobytes > (isDoor(page) ? 200 : 350));
    expect(pages.length).toBeGreaterThan(15);
    expect(heavy).toEqual([]);
  });

  test('has nothing of the debug flags of development', () => {
    const withFlags = files.filter(
      (name) => /\.(?:js|html|txt)$/.test(name) && read(name).includes('__AETHER_'),
    );
    expect(withFlags).toEqual([]);
  });

  test('keeps its own files under a version of its own, and never what the API says', () => {
    const worker = read('sw.js');
    expect(worker).toMatch(/'aether-console-[0-9a-f]{16}'/);
    expect(worker).toContain('/^\\/(?:api|');
  });
});
