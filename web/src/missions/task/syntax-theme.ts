import type { ThemeRegistration } from 'shiki/core';

const scopes = (scope: readonly string[], foreground: string) => ({
  scope: [...scope],
  settings: { foreground },
});

/** Few colours, those of the console's own roles, so that both themes have them at the contrast that is asked for. */
export const theme = {
  name: 'aether',
  type: 'light',
  colors: { 'editor.foreground': 'var(--ink)', 'editor.background': 'transparent' },
  settings: [
    { settings: { foreground: 'var(--ink)', background: 'transparent' } },
    scopes(['comment', 'punctuation.definition.comment'], 'var(--dim)'),
    scopes(['string', 'markup.inline.raw', 'constant.other.symbol'], 'var(--good)'),
    scopes(['constant.numeric', 'constant.language', 'support.constant'], 'var(--wait)'),
    scopes(['keyword', 'storage', 'markup.bold', 'markup.heading'], 'var(--accent)'),
    scopes(['keyword.operator', 'punctuation', 'meta.brace'], 'var(--dim)'),
    scopes(
      ['entity.name.function', 'support.function', 'entity.name.tag', 'entity.name.section'],
      'var(--info)',
    ),
    scopes(['entity.name.type', 'support.type', 'entity.other.attribute-name'], 'var(--bad)'),
  ],
} satisfies ThemeRegistration;
