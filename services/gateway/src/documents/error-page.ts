import { allErrors } from './error-codes.js';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string) => text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character);

/** Plain text in which backticks mark code. */
const prose = (text: string) => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** The page the `type` of every problem points into. */
export function errorPage(): string {
  const rows = allErrors().map(
    ([code, { status, title, hint }]) =>
      `<section id="${code}" class="code"><h2><code>${code}</code> <span class="status">${status}</span></h2>` +
      `<p>${prose(title)}</p><p class="dim">${prose(hint)}</p></section>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Error codes · Aether</title><link rel="stylesheet" href="/assets/page.css">',
    '<link rel="icon" href="/assets/mark.svg"></head><body><main class="wide">',
    '<p class="crumbs"><a href="/">Aether</a> / <a href="/api/v1/docs">API</a></p><h1>Error codes</h1>',
    '<p class="dim">Every error answer is a problem document (RFC 9457). Its <code>code</code> is stable: match on it.</p>',
    ...rows,
    '</main></body></html>',
  ].join('\n');
}
