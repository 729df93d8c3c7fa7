import {
  formatValidationErrors,
  validateConnectParams,
  type ConnectParams,
} from '@openclaw/gateway-protocol';
import { equal, verifyDevice, type Challenge, type Pairings } from './pairing.js';
import { connectRefusals } from './refusal.js';

/** What a connection may do, once it is let in. */
export interface Admission {
  readonly params: ConnectParams;
  readonly scopes: readonly string[];
  readonly deviceToken?: string;
}

/** Wrong tokens that one remote peer may present before it is locked out. */
const WRONG_TOKENS_MAX = 10;

/** Lets connections in by the rules of the real gateway. */
export class Admissions {
  private wrongTokens = 0;

  constructor(
    private readonly token: string,
    private readonly pairings: Pairings,
    private readonly options: {
      /** Whether clients are taken for remote ones, as through a container's published port. */
      readonly remote: boolean;
      readonly protocol: number;
    },
  ) {}

  /** Throws `Refusal` for whoever may not connect. */
  admit(input: unknown, challenge: Challenge): Admission {
    const params = parse(input);
    const { protocol } = this.options;
    if (params.minProtocol > protocol || params.maxProtocol < protocol)
      throw connectRefusals.protocolMismatch(params, protocol);
    if (params.role !== undefined && params.role !== 'operator') throw connectRefusals.invalidRole();
    this.authenticate(params);
    verifyDevice(params, challenge);
    return { params, ...this.authorise(params) };
  }

  private authenticate({ auth, device }: ConnectParams): void {
    if (this.options.remote && this.wrongTokens >= WRONG_TOKENS_MAX) throw connectRefusals.rateLimited();
    const presented = auth?.token ?? auth?.password;
    if (device && auth?.deviceToken && presented === undefined) {
      if (this.pairings.ownsToken(device.id, auth.deviceToken)) return;
      throw connectRefusals.deviceTokenMismatch();
    }
    if (presented === undefined) throw connectRefusals.deviceIdentityRequired();
    if (equal(presented, this.token)) return;
    if (device && this.pairings.ownsToken(device.id, presented)) return;
    this.wrongTokens += 1;
    throw connectRefusals.tokenMismatch();
  }

  private authorise({ client, device, scopes = [] }: ConnectParams): Omit<Admission, 'params'> {
    const isBackend = client.id === 'gateway-client' && client.mode === 'backend';
    const isCli = client.id === 'cli' && client.mode === 'cli';
    if (client.mode === 'webchat') throw connectRefusals.originNotAllowed();
    if (!device) return { scopes: !this.options.remote && (isBackend || isCli) ? scopes : [] };
    const request = { deviceId: device.id, scopes, platform: client.platform };
    if (this.options.remote) return { scopes, deviceToken: this.pairings.admit(request) };
    // A backend on the same machine needs no pairing and leaves no record.
    return isBackend ? { scopes } : { scopes, deviceToken: this.pairings.admitSilently(request) };
  }
}

function parse(input: unknown): ConnectParams {
  if (validateConnectParams(input)) return input;
  throw connectRefusals.invalidParams(formatValidationErrors(validateConnectParams.errors));
}
