import dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** CIDR ranges, separated by commas, that people may have Aether connect to although they are not public. */
export const AllowedRanges = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((range) => range.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()])));

/** An address that Aether will not connect to on somebody's word. `host` is the name, `address` what it stands for. */
export class OutboundRefused extends Error {
  readonly code = 'address_refused';
  readonly remedy =
    'If Aether shall reach it, add its range to OUTBOUND_ALLOWED_RANGES, such as 10.0.0.0/8, and restart.';

  constructor(
    readonly host: string,
    readonly address: string,
  ) {
    super(`${host} is at ${address}, which is not a public address.`);
    this.name = 'OutboundRefused';
  }
}

/**
 * Which addresses Aether connects to when a person types them (against server-side request forgery): public ones,
 * and the ranges that the installation allows. Used twice: `check` before anything is sent, since a literal
 * address is never looked up, and `lookup` or `intercept` in the socket, since a name may stand for another address
 * by then.
 * Redirects must not be followed, or each target be checked.
 */
export class Outbound {
  private readonly allowed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  /** @param allowedRanges CIDR notation, as `AllowedRanges` parses it; throws on another. */
  constructor(allowedRanges: readonly string[]) {
    this.allowed = allowedRanges.map((range) => ipaddr.parseCIDR(range));
  }

  /**
   * Resolves the host and looks at every address it has.
   * @throws OutboundRefused when one of them is not allowed; the resolver's error (`ENOTFOUND` ...) when it has none.
   */
  async check(url: string | URL): Promise<void> {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    await new Promise<void>((done, fail) => {
      this.lookup(host, { all: true }, (error) => (error ? fail(error) : done()));
    });
  }

  /** For the `lookup` option of `net`, `tls`, `ws` and undici's `connect`. */
  readonly lookup: LookupFunction = this.lookupBy(() => dns.lookup);

  /**
   * For clients that have no such option: whatever begins to connect until the returned function is called looks its
   * name up by `lookup`. It concerns the whole process, so both calls belong into one step, without a wait in between.
   */
  intercept(): () => void {
    const before = dns.lookup;
    dns.lookup = this.lookupBy(() => before) as typeof dns.lookup;
    return () => {
      dns.lookup = before;
    };
  }

  private lookupBy(resolver: () => typeof dns.lookup): LookupFunction {
    return (host, options, callback) => {
      resolver()(host, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '', 0);
        const refused = found.find(({ address }) => !this.allows(address));
        if (refused) return callback(new OutboundRefused(host, refused.address), '', 0);
        if (options.all) return callback(null, found);
        const [first] = found as [LookupAddress];
        callback(null, first.address, first.family);
      });
    };
  }

  private allows(address: string): boolean {
    if (!isIP(address)) return false;
    const parsed = ipaddr.process(address);
    if (parsed.range() === 'unicast') return true;
    return this.allowed.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  }
}
