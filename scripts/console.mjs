// When the console has to be built, and what is done to it afterwards. Used by boot.mjs; needs no dependency.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { licencesOf } from '../web/scripts/licences.mjs';

const inputs = [
  'web/src',
  'web/public',
  'web/next.config.ts',
  'web/postcss.config.mjs',
  'web/package.json',
  'web/scripts/licences.mjs',
  'scripts/console.mjs',
  'libs/contracts/src',
  'package-lock.json',
];

/** Says what to write into the stamp after a build; null where the last build still holds. */
export function consoleChange(root) {
  const digest = createHash('sha256');
  for (const file of inputs.flatMap((input) => filesOf(root, input)))
    digest
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  const wanted = digest.digest('hex');
  const isBuilt = existsSync(join(root, 'web/out/index.html')) && existsSync(stampOf(root));
  return isBuilt && readFileSync(stampOf(root), 'utf8') === wanted ? null : wanted;
}

/**
 * Adds of what the console is made; lays a compressed copy beside each script and style, so that the edge need not
 * compress; names the version; keeps the stamp.
 */
export function finishConsole(root, stamp) {
  writeFileSync(join(root, 'web/out/_next/build.json'), JSON.stringify(buildOf(root)));
  for (const file of filesOf(root, 'web/out/_next'))
    if (/\.(?:js|json|css|svg)$/.test(file))
      writeFileSync(join(root, `${file}.gz`), gzipSync(readFileSync(join(root, file)), { level: 9 }));
  const worker = join(root, 'web/out/sw.js');
  writeFileSync(worker, readFileSync(worker, 'utf8').replace('__VERSION__', stamp.slice(0, 16)));
  mkdirSync(dirname(stampOf(root)), { recursive: true });
  writeFileSync(stampOf(root), stamp);
}

/** What only the build knows, for the page about Aether. */
function buildOf(root) {
  const git = spawnSync('git', ['describe', '--always', '--exclude=*', '--abbrev=10', '--dirty'], {
    cwd: root,
    encoding: 'utf8',
  });
  return {
    // Null where there is no repository, as in an archive.
    commit: git.status === 0 ? git.stdout.trim() : null,
    licence: readFileSync(join(root, 'LICENSE'), 'utf8').trim(),
    ...licencesOf(root),
  };
}

const stampOf = (root) => join(root, '.cache', 'console-stamp');

function filesOf(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full)
      .sort()
      .flatMap((name) => filesOf(root, `${path}/${name}`));
  } catch {
    return [path];
  }
}
