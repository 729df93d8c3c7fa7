import { stripVTControlCharacters } from 'node:util';

/** Text from elsewhere without anything that a terminal would obey: it may move no cursor and set no title. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
}
