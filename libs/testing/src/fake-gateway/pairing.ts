import { createHash, createPublicKey, randomBytes, randomUUID, timingSafeEqual, verify } from 'node:crypto';
import { buildDeviceAuthPayloadV3 } from '@openclaw/gateway-client';
import type { ConnectParams } from '@openclaw/gateway-protocol';
import { connectRefusals } from './refusal.js';

export interface Challenge {
  readonly nonce: string;
  readonly ts: number;
}

interface Pairing {
  readonly scopes: readonly string[];
  readonly platform: string;
  readonly token: string;
}

interface PendingRequest {
  readonly deviceId: string;
  readonly scopes: readonly string[];
  readonly platform: string;
}

/** Which devices may connect. Survives a restart, as the gateway's state directory does. */
export class Pairings {
  private readonly approved = new Map<string, Pairing>();
  private readonly pending = new Map<string, PendingRequest>();

  /** Requests that wait for `approve`, oldest first. */
  get requests(): { requestId: string; deviceId: string; scopes: readonly string[] }[] {
    return [...this.pending].map(([requestId, { deviceId, scopes }]) => ({ requestId, deviceId, scopes }));
  }

  approve(requestId: string): void {
    const request = this.pending.get(requestId);
    if (!request) throw new Error(`There is no pairing request ${requestId}.`);
    this.pending.delete(requestId);
    this.add(request);
  }

  /** Forgets what waits, as the gateway does after five minutes. */
  forgetRequests(): void {
    this.pending.clear();
  }

  /** Forgets a device, as an operator does who removes it. */
  remove(deviceId: string): void {
    this.approved.delete(deviceId);
  }

  ownsToken(deviceId: string, token: string): boolean {
    const known = this.approved.get(deviceId)?.token;
    return known !== undefined && equal(known, token);
  }

  /** The device's token; throws `Refusal` unless the device is approved for all that it asks. */
  admit(request: PendingRequest): string {
    const known = this.approved.get(request.deviceId);
    if (
      known?.platform === request.platform &&
      request.scopes.every((scope) => known.scopes.includes(scope))
    ) {
      return known.token;
    }
    const before = [...this.pending].find(([, { deviceId }]) => deviceId === request.deviceId)?.[0];
    const requestId = before ?? randomUUID();
    this.pending.set(requestId, request);
    const changed = known?.platform === request.platform ? 'scope-upgrade' : 'metadata-upgrade';
    throw connectRefusals.pairingRequired({
      requestId,
      reason: known ? changed : 'not-paired',
      deviceId: request.deviceId,
      scopes: request.scopes,
      ...(known ? { approvedScopes: known.scopes } : {}),
    });
  }

  /** Approves without asking, as the gateway does for interactive clients on its own machine. */
  admitSilently(request: PendingRequest): string {
    return (this.approved.get(request.deviceId) ?? this.add(request)).token;
  }

  private add({ deviceId, scopes, platform }: PendingRequest): Pairing {
    const pairing = { scopes, platform, token: randomBytes(32).toString('base64url') };
    this.approved.set(deviceId, pairing);
    return pairing;
  }
}

export function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** How old a signature may be, in milliseconds. */
const SIGNATURE_AGE_MAX_MS = 10 * 60_000;

/** Throws `Refusal` unless the device signed exactly this connection. */
export function verifyDevice(params: ConnectParams, challenge: Challenge): void {
  const { device, client, auth } = params;
  if (!device) return;
  const raw = Buffer.from(device.publicKey, 'base64url');
  const id = createHash('sha256').update(raw).digest('hex');
  if (device.id !== id) throw connectRefusals.deviceAuth('DEVICE_ID_MISMATCH');
  if (Math.abs(challenge.ts - device.signedAt) > SIGNATURE_AGE_MAX_MS) {
    throw connectRefusals.deviceAuth('SIGNATURE_EXPIRED');
  }
  if (device.nonce !== challenge.nonce) throw connectRefusals.deviceAuth('NONCE_MISMATCH');
  const payload = buildDeviceAuthPayloadV3({
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role: params.role ?? 'operator',
    scopes: params.scopes ?? [],
    signedAtMs: device.signedAt,
    token: auth?.token ?? auth?.deviceToken ?? null,
    nonce: device.nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  });
  if (!isSignedBy(raw, payload, device.signature)) throw connectRefusals.deviceAuth('SIGNATURE_INVALID');
}

function isSignedBy(publicKey: Buffer, payload: string, signature: string): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(null, Buffer.from(payload), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false; // Not a key at all.
  }
}
