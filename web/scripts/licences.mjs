// The packages that the console is made of, with their licences. Used by scripts/console.mjs; needs no dependency.
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEXTS = /^(?:licen[cs]e|copying|notice|ofl)(?:[.-].*)?$/i;
const TEXT_CHARS_MAX = 20_000;

/**
 * What `web/package.json` depends on, and what that depends on, by name: `{ name, version, licence, text }`. `text` is a
 * place in `texts`, since many packages share one; null where the package brings none.
 */
export function licencesOf(root) {
  const found = new Map();
  const texts = [];
  const visit = (folder) => {
    const { name, version, license, licenses, dependencies = {} } = manifestOf(folder);
    const id = `${name}@${version}`;
    if (found.has(id)) return;
    const licence = license ?? licenses;
    // Our own parts have the licence of the whole.
    const isOurs = name.startsWith('@aether/');
    found.set(
      id,
      isOurs ? null : { name, version, licence: wordOf(licence), text: placeOf(textOf(folder), texts) },
    );
    for (const needed of Object.keys(dependencies)) {
      const there = folderOf(needed, folder);
      if (there) visit(there);
    }
  };
  visit(join(root, 'web'));
  const packages = [...found.values()].filter((each) => each !== null);
  packages.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return { packages, texts };
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Older packages say an object, or several of them. */
function wordOf(licence) {
  if (Array.isArray(licence)) return licence.map(wordOf).join(' OR ');
  return (typeof licence === 'object' ? licence?.type : licence) ?? 'unknown';
}

function textOf(folder) {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (file) => file.isFile() && TEXTS.test(file.name),
  );
  const text = files.map(({ name }) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
  return text.length <= TEXT_CHARS_MAX ? text : '';
}

function placeOf(text, texts) {
  if (!text) return null;
  const known = texts.indexOf(text);
  return known < 0 ? texts.push(text) - 1 : known;
}

/** As Node looks for it: beside who needs it first, then further up. */
function folderOf(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const there = join(folder, 'node_modules', name);
    if (existsSync(join(there, 'package.json'))) return there;
    if (folder === dirname(folder)) return null;
  }
}
