import { buildDeviceAuthPayloadV3 } from '@openclaw/gateway-client';
import type { Challenge, ConnectFrame } from '@aether/testing/tampering-proxy';
import { deviceSigning, identityOf } from '../src/gateway/device-key.js';

/** The frame with other parameters, as the device itself would have signed it. */
export function resigned(
  frame: ConnectFrame,
  change: Partial<ConnectFrame['params']>,
  { key, challenge }: { key: string; challenge: Challenge },
): object {
  const params = { ...frame.params, ...change };
  const { client, role = 'operator', scopes = [], auth } = params;
  const { deviceId, publicKeyPem } = identityOf(key);
  const { nonce, ts: signedAt } = challenge;
  const payload = buildDeviceAuthPayloadV3({
    deviceId,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAtMs: signedAt,
    token: auth?.token ?? auth?.deviceToken ?? null,
    nonce,
    platform: client.platform,
  });
  const device = {
    id: deviceId,
    publicKey: deviceSigning.publicKeyRawBase64UrlFromPem?.(publicKeyPem),
    signature: deviceSigning.signDevicePayload?.(key, payload),
    signedAt,
    nonce,
  };
  return { ...frame, params: { ...params, device } };
}
