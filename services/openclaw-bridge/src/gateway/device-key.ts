import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { DeviceIdentity, GatewayClientHostDeps } from '@openclaw/gateway-client';

/** A new device's private key (Ed25519, PKCS #8, PEM): all there is to keep of a device. */
export function newDeviceKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Who a device is: gateways know it by the digest of its public key. */
export function identityOf(privateKeyPem: string): DeviceIdentity {
  const publicKey = createPublicKey(createPrivateKey(privateKeyPem));
  return {
    deviceId: createHash('sha256').update(raw(publicKey)).digest('hex'),
    privateKeyPem,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** How the official client signs; it keeps no tokens of its own, since the gateway's token and the key are enough. */
export const deviceSigning: GatewayClientHostDeps = {
  signDevicePayload: (privateKeyPem, payload) =>
    sign(null, Buffer.from(payload), createPrivateKey(privateKeyPem)).toString('base64url'),
  publicKeyRawBase64UrlFromPem: (publicKeyPem) => raw(createPublicKey(publicKeyPem)).toString('base64url'),
};

/** The 32 bytes of a public key, which stand at the end of its encoding. */
function raw(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
}
