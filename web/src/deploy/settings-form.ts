import type { RuntimeSettings } from '@aether/contracts/deployment';

/** Container settings as they are typed; empty is the deployer's own. */
export interface SettingsText {
  readonly image: string;
  readonly memoryMb: string;
  readonly cpus: string;
  readonly isolated: boolean;
}

export const settingsText = (settings: RuntimeSettings | undefined): SettingsText => ({
  image: settings?.image ?? '',
  memoryMb: settings?.memoryMb?.toString() ?? '',
  cpus: settings?.cpus?.toString() ?? '',
  isolated: settings?.isolated ?? false,
});

/** What was typed as settings, without what was left empty; undefined where nothing was typed. */
export function settingsOf({ image, memoryMb, cpus, isolated }: SettingsText): RuntimeSettings | undefined {
  const settings: RuntimeSettings = {
    ...(image.trim() && { image: image.trim() }),
    ...(memoryMb && { memoryMb: Number(memoryMb) }),
    ...(cpus && { cpus: Number(cpus) }),
    ...(isolated && { isolated }),
  };
  return Object.keys(settings).length > 0 ? settings : undefined;
}
