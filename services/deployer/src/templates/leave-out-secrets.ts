import type { TemplateContent } from '@aether/contracts/templates';
import { mask } from '../logs/clean-line.js';

const LEFT_OUT = '[secret]';
/** `GITHUB_TOKEN=...` and the like: what stands behind such a name is taken for a secret whatever its shape. */
const NAMED = /\b([A-Z][A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|KEY))(\s*[=:]\s*)(?!\[secret\])(\S+)/g;

/** A template that may leave this installation, and what was taken out of its files. */
export function leaveOutSecrets(template: TemplateContent): {
  template: TemplateContent;
  toGiveAgain: string[];
} {
  const toGiveAgain: string[] = [];
  const files = Object.entries(template.files).map(([name, text]) => {
    const lines = text.split('\n').map((line, index) => {
      const names = [...line.matchAll(NAMED)].map(([, secret]) => secret);
      const masked = mask(line.replace(NAMED, `$1$2${LEFT_OUT}`), []);
      const place = `${name}, line ${index + 1}`;
      if (names.length > 0) toGiveAgain.push(...names.map((secret) => `${secret} (${place})`));
      else if (masked !== line || line.includes(LEFT_OUT)) toGiveAgain.push(place);
      return masked;
    });
    return [name, lines.join('\n')] as const;
  });
  return { template: { ...template, files: Object.fromEntries(files) }, toGiveAgain };
}
