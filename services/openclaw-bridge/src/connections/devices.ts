import { authRequests } from '@aether/contracts/auth';
import { deployerRequests } from '@aether/contracts/deployer';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { newDeviceKey } from '../gateway/device-key.js';
import type { GatewayAddress } from '../gateway/gateway-client.js';
import { LOGGER } from '../tokens.js';
import { DeviceRepository } from './device.repository.js';
import { GatewayTokens } from './gateway-tokens.js';

/**
 * What the bridge shows gateways beside their token: one that does not see it come from its own machine, such as one
 * behind a published port, wants to know the device. For gateways that Aether deployed nobody has to approve it.
 */
@Injectable()
export class Devices {
  constructor(
    private readonly messaging: Messaging,
    private readonly devices: DeviceRepository,
    private readonly secrets: GatewayTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws `TokenUnreadable`. */
  async addressOf(target: {
    deploymentId: string;
    url: string;
    tokenSecretId: string;
  }): Promise<GatewayAddress> {
    const { deploymentId, url } = target;
    const [token, deviceKey] = await Promise.all([
      this.secrets.read(target.tokenSecretId),
      this.keyOf(deploymentId),
    ]);
    return { url, token, deviceKey, approve: (requestId) => this.approve(deploymentId, requestId) };
  }

  private async keyOf(deploymentId: string): Promise<string> {
    const known = await this.devices.find(deploymentId);
    if (known) return this.secrets.read(known.keySecretId);
    const secret = await this.messaging.call(
      authRequests.storeSecret,
      { name: 'device key', value: newDeviceKey(), purpose: `device of deployment ${deploymentId}` },
      serviceContext('openclaw-bridge'),
    );
    const { keySecretId } = await this.devices.add({ deploymentId, keySecretId: secret.id });
    return this.secrets.read(keySecretId);
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
