import type { GatewaySettings } from '@aether/openclaw-process/config';

export function settingsFor(directory: string, more: Partial<GatewaySettings> = {}): GatewaySettings {
  return {
    directory,
    port: 28_789,
    modelBaseUrl: 'http://127.0.0.1:18555/v1',
    models: [{ id: 'small' }, { id: 'large', contextWindow: 200_000 }],
    defaultModel: 'small',
    ...more,
  };
}
