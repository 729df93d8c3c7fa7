import { authRequests } from '@aether/contracts/auth';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { CreateApiKey } from './api-keys/create-api-key.js';
import { ListApiKeys } from './api-keys/list-api-keys.js';
import { RevokeApiKey } from './api-keys/revoke-api-key.js';
import { VerifyApiKey } from './api-keys/verify-api-key.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SignOut } from './sessions/sign-out.js';
import { CompleteSetup } from './setup/complete-setup.js';
import { CreateSetupToken } from './setup/create-setup-token.js';
import { GetSetupState } from './setup/get-setup-state.js';
import { ChangePassword } from './sign-in/change-password.js';
import { SignIn } from './sign-in/sign-in.js';
import { SigningKeys } from './signing-keys/signing-keys.js';
import { GetMe } from './users/get-me.js';
import { DeleteSecret } from './vault/delete-secret.js';
import { ListSecrets } from './vault/list-secrets.js';
import { ReplaceSecret } from './vault/replace-secret.js';
import { RevealSecret } from './vault/reveal-secret.js';
import { StoreSecret } from './vault/store-secret.js';

export const OPERATIONS = Symbol('operations');

@Controller()
export class AuthController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly getSetupState: GetSetupState,
    private readonly createSetupToken: CreateSetupToken,
    private readonly completeSetup: CompleteSetup,
    private readonly signIn: SignIn,
    private readonly changePassword: ChangePassword,
    private readonly refreshSession: RefreshSession,
    private readonly signOut: SignOut,
    private readonly signingKeys: SigningKeys,
    private readonly getMe: GetMe,
    private readonly createApiKey: CreateApiKey,
    private readonly listApiKeys: ListApiKeys,
    private readonly revokeApiKey: RevokeApiKey,
    private readonly verifyApiKey: VerifyApiKey,
    private readonly storeSecret: StoreSecret,
    private readonly replaceSecret: ReplaceSecret,
    private readonly listSecrets: ListSecrets,
    private readonly deleteSecret: DeleteSecret,
    private readonly revealSecret: RevealSecret,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(authRequests, {
      ...this.operations,
      getSetupState: () => this.getSetupState.execute(),
      createSetupToken: (_, context) => this.createSetupToken.execute(context),
      completeSetup: (input, context) => this.completeSetup.execute(input, context),
      signIn: (input, context) => this.signIn.execute(input, context),
      changePassword: (input, context) => this.changePassword.execute(input, context),
      refreshSession: (input, context) => this.refreshSession.execute(input, context),
      signOut: (input, context) => this.signOut.execute(input, context),
      getJwks: async () => ({ keys: await this.signingKeys.publicKeys() }),
      getMe: (_, context) => this.getMe.execute(context),
      createApiKey: (input, context) => this.createApiKey.execute(input, context),
      listApiKeys: (input, context) => this.listApiKeys.execute(input, context),
      revokeApiKey: (input, context) => this.revokeApiKey.execute(input, context),
      verifyApiKey: (input, context) => this.verifyApiKey.execute(input, context),
      storeSecret: (input, context) => this.storeSecret.execute(input, context),
      replaceSecret: (input, context) => this.replaceSecret.execute(input, context),
      listSecrets: (input, context) => this.listSecrets.execute(input, context),
      deleteSecret: (input, context) => this.deleteSecret.execute(input, context),
      revealSecret: (input, context) => this.revealSecret.execute(input, context),
    });
  }
}
