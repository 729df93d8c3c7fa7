import type { Preset } from '@aether/contracts/presets';
import type { Template } from '@aether/contracts/templates';

/** What is deployed from: the value of its radio button. */
export const templateKey = ({ id }: Pick<Template, 'id'>): string => `template:${id}`;
export const presetKey = ({ id }: Pick<Preset, 'id'>): string => `preset:${id}`;
