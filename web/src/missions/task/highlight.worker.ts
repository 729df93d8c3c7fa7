import { createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { grammarOf } from './languages';
import { theme } from './syntax-theme';
import type { Coloured, Uncoloured } from './highlight';

const highlighter = createHighlighterCore({
  themes: [theme],
  langs: [],
  // Where a grammar has a pattern that the engine cannot read, its other patterns colour the rest.
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

/** Longer lines are of generated files, and would hold up those behind them. */
const LINE_MAX = 2_000;

self.addEventListener('message', (event: MessageEvent<Uncoloured>) => {
  void colour(event.data).then((coloured) => self.postMessage(coloured));
});

async function colour({ id, path, code }: Uncoloured): Promise<Coloured> {
  const grammar = grammarOf(path);
  if (!grammar) return { id, lines: null };
  try {
    const { getLoadedLanguages, loadLanguage, codeToTokensBase } = await highlighter;
    if (!getLoadedLanguages().includes(grammar.name)) await loadLanguage(await grammar.load());
    const tokens = codeToTokensBase(code, {
      lang: grammar.name,
      theme: theme.name,
      tokenizeMaxLineLength: LINE_MAX,
    });
    return { id, lines: tokens.map((line) => line.map(({ content, color = '' }) => [content, color])) };
  } catch {
    // Without colours it can be read as well.
    return { id, lines: null };
  }
}
