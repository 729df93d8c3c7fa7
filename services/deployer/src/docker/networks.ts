import type Docker from 'dockerode';
import { labelNames } from './container-spec.js';
import { unlessStatus } from './engine.js';

/** For agents in it: the outside is reached, but no other container. */
export const ISOLATED = { 'com.docker.network.bridge.enable_icc': 'false' };

/** One network of this installation, named after it; made where it is missing. */
export async function ensureNetwork(
  docker: Docker,
  purpose: string,
  { installation, ...options }: Omit<Docker.NetworkCreateOptions, 'Name'> & { installation: string },
): Promise<string> {
  const Name = `aether-${purpose}-${installation.slice(-12)}`;
  // One that is made from a configuration takes nothing else, not even labels.
  const own = options.ConfigFrom ? {} : { Labels: { [labelNames.installation]: installation } };
  await unlessStatus(docker.createNetwork({ Name, CheckDuplicate: true, ...own, ...options }), 409);
  return Name;
}

/** Where a network's containers reach this machine. */
export async function gatewayOf(docker: Docker, network: string): Promise<string | null> {
  const { IPAM } = (await docker.getNetwork(network).inspect()) as {
    IPAM?: { Config?: { Gateway?: string; Subnet?: string }[] };
  };
  const { Gateway, Subnet } = IPAM?.Config?.[0] ?? {};
  // An engine that has just made its bridge names only the subnet, and has the first address in it.
  return Gateway ?? Subnet?.replace(/(\d+)\/\d+$/, (_, last) => String(Number(last) + 1)) ?? null;
}
