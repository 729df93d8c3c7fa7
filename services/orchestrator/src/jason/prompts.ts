import { readFileSync } from 'node:fs';

const folder = new URL('../../prompts/', import.meta.url);
const SLOT = /\{\{(\w+)\}\}/g;

/** A prompt from its file, read once; throws at boot where a slot and the values given do not match. */
export class Prompt<Slot extends string> {
  private readonly text: string;

  constructor(file: string, slots: readonly Slot[]) {
    this.text = readFileSync(new URL(file, folder), 'utf8').trim();
    const found = [...this.text.matchAll(SLOT)].map(([, name = '']) => name);
    const known: readonly string[] = slots;
    const wrong = [
      ...found.filter((name) => !known.includes(name)),
      ...known.filter((name) => !found.includes(name)),
    ];
    if (wrong.length > 0) throw new Error(`${file} and its code disagree about: ${wrong.join(', ')}`);
  }

  /** Values are put in as they are; a slot within a value stays a piece of text. */
  render(values: Readonly<Record<Slot, string>>): string {
    return this.text.replace(SLOT, (_, name: Slot) => values[name]);
  }
}
