import { deployerRequests } from '@aether/contracts/deployer';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Outbound } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { newDeviceKey } from '../gateway/device-key.js';
import type { GatewayAddress } from '../gateway/gateway-client.js';
import { CONFIG, LOGGER } from '../tokens.js';
import type { ConnectionRow, ConnectionTarget } from './connection.entity.js';
import { DeviceRepository } from './device.repository.js';
import { GatewaySecrets } from './gateway-secrets.js';

type Aimed = Pick<ConnectionRow, 'kind' | 'deploymentId'> & Omit<ConnectionTarget, 'name' | 'visibility'>;

/** A gateway that Aether deployed is shown its token. */
export const deployedAt = (target: { deploymentId: string; url: string; tokenSecretId: string }): Aimed => ({
  ...target,
  kind: 'deployed',
  auth: 'token',
  accessClientId: null,
  accessSecretId: null,
  tlsFingerprint: null,
});

/**
 * What the bridge shows gateways beside their token: one that does not see it come from its own machine, such as one
 * behind a published port, wants to know the device. For gateways that Aether deployed nobody has to approve it.
 */
@Injectable()
export class Devices {
  /** Where a person may have Aether connect to. */
  readonly outbound: Outbound;

  constructor(
    private readonly messaging: Messaging,
    private readonly devices: DeviceRepository,
    private readonly secrets: GatewaySecrets,
    @Inject(CONFIG) config: BridgeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
  }

  /** Throws `TokenUnreadable`. */
  async addressOf(target: Aimed): Promise<GatewayAddress> {
    const {
      kind,
      deploymentId,
      url,
      auth,
      tlsFingerprint,
      accessClientId: clientId,
      accessSecretId,
    } = target;
    const [credential, clientSecret, deviceKey] = await Promise.all([
      target.tokenSecretId === null ? null : this.secrets.read(target.tokenSecretId),
      accessSecretId === null ? null : this.secrets.read(accessSecretId),
      this.keyOf(deploymentId),
    ]);
    const isRemote = kind === 'remote';
    const access = clientId !== null && clientSecret !== null ? { clientId, clientSecret } : null;
    return {
      ...{ url, auth, credential, access, tlsFingerprint, deviceKey, isRemote },
      outbound: isRemote ? this.outbound : null,
      approve: async (requestId) => !isRemote && (await this.approve(deploymentId, requestId)),
    };
  }

  /** Another device from now on. Whoever holds the connection opens it anew. */
  async rotate(deploymentId: string): Promise<void> {
    const before = await this.devices.find(deploymentId);
    const secretId = await this.newKey(deploymentId);
    await this.devices.replace({ deploymentId, keySecretId: secretId });
    if (before) await this.secrets.drop(before.keySecretId);
  }

  async forget(deploymentId: string): Promise<void> {
    const device = await this.devices.find(deploymentId);
    if (!device) return;
    await this.devices.remove(deploymentId);
    await this.secrets.drop(device.keySecretId);
  }

  private async keyOf(deploymentId: string): Promise<string> {
    const known = await this.devices.find(deploymentId);
    if (known) return this.secrets.read(known.keySecretId);
    const secretId = await this.newKey(deploymentId);
    const { keySecretId } = await this.devices.add({ deploymentId, keySecretId: secretId });
    return this.secrets.read(keySecretId);
  }

  private newKey(deploymentId: string): Promise<string> {
    return this.secrets.keep({
      name: 'device key',
      value: newDeviceKey(),
      purpose: `device of gateway ${deploymentId}`,
    });
  }

  /** False where it is not a gateway of ours, or does not want to. */
  private async approve(deploymentId: string, requestId: string): Promise<boolean> {
    try {
      const input = { deploymentId, requestId };
      await this.messaging.call(deployerRequests.approveDevice, input, serviceContext('openclaw-bridge'));
      return true;
    } catch (error) {
      this.logger.info({ err: error, deploymentId }, 'a device was not approved by itself');
      return false;
    }
  }
}
