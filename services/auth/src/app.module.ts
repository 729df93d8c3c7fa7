import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { CreateApiKey } from './api-keys/create-api-key.js';
import { ListApiKeys } from './api-keys/list-api-keys.js';
import { RevokeApiKey } from './api-keys/revoke-api-key.js';
import { VerifyApiKey } from './api-keys/verify-api-key.js';
import { CreateInvitation } from './invitations/create-invitation.js';
import { ReadInvitations } from './invitations/read-invitations.js';
import { RevokeInvitation } from './invitations/revoke-invitation.js';
import { AcceptInvitation } from './invitations/accept-invitation.js';
import { BeginProviderSignIn } from './identity-providers/begin-provider-sign-in.js';
import { IdentityAccounts } from './identity-providers/identity-accounts.js';
import { IDENTITY_POLICY, OidcProviders } from './identity-providers/oidc-providers.js';
import { SignInByProvider } from './identity-providers/sign-in-by-provider.js';
import { ReadSessions } from './sessions/read-sessions.js';
import { RevokeSessions } from './sessions/revoke-sessions.js';
import { ReadUsers } from './users/read-users.js';
import { UpdateUser } from './users/update-user.js';
import { UpdateMe } from './users/update-me.js';
import { DisableUser } from './users/disable-user.js';
import { EnableUser } from './users/enable-user.js';
import { DeleteUser } from './users/delete-user.js';
import { RotateApiKey } from './api-keys/rotate-api-key.js';
import { SetUpSecondFactor } from './second-factor/set-up-second-factor.js';
import { ChangeSecondFactor } from './second-factor/change-second-factor.js';
import { SecondFactorCheck } from './second-factor/second-factor-check.js';
import { AuthController, OPERATIONS } from './auth.controller.js';
import { CLOCK, type Clock } from './clock.js';
import type { AuthConfig } from './config.js';
import { LOGGER, Pruning } from './pruning.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SECOND_FACTOR_POLICY, SessionIssuer } from './sessions/session-issuer.js';
import { SignOut } from './sessions/sign-out.js';
import { CompleteSetup } from './setup/complete-setup.js';
import { CreateSetupToken } from './setup/create-setup-token.js';
import { GetSetupState } from './setup/get-setup-state.js';
import { ChangePassword } from './sign-in/change-password.js';
import { PasswordCheck } from './sign-in/password-check.js';
import { SignIn } from './sign-in/sign-in.js';
import { SignInGate } from './sign-in/sign-in-gate.js';
import { AccessTokens } from './signing-keys/access-tokens.js';
import { SIGNING_KEY_DAYS, SigningKeys } from './signing-keys/signing-keys.js';
import { GetMe } from './users/get-me.js';
import { PasswordHasher } from './users/password.js';
import { CheckMasterKey } from './vault/check-master-key.js';
import { DeleteSecret } from './vault/delete-secret.js';
import { ListSecrets } from './vault/list-secrets.js';
import { ReplaceSecret } from './vault/replace-secret.js';
import { RevealSecret } from './vault/reveal-secret.js';
import { RewrapVault } from './vault/rewrap-vault.js';
import { StoreSecret } from './vault/store-secret.js';
import { Vault } from './vault/vault.js';

const useCases = [
  GetSetupState,
  CreateSetupToken,
  CompleteSetup,
  SignIn,
  ChangePassword,
  RefreshSession,
  SignOut,
  GetMe,
  CreateApiKey,
  ListApiKeys,
  RevokeApiKey,
  VerifyApiKey,
  StoreSecret,
  ReplaceSecret,
  ListSecrets,
  DeleteSecret,
  RevealSecret,
  CreateInvitation,
  ReadInvitations,
  RevokeInvitation,
  AcceptInvitation,
  ReadSessions,
  RevokeSessions,
  SetUpSecondFactor,
  ChangeSecondFactor,
  RewrapVault,
  ReadUsers,
  UpdateUser,
  UpdateMe,
  DisableUser,
  EnableUser,
  DeleteUser,
  RotateApiKey,
  BeginProviderSignIn,
  SignInByProvider,
];

const parts = [
  SecondFactorCheck,
  PasswordCheck,
  SignInGate,
  SessionIssuer,
  AccessTokens,
  SigningKeys,
  CheckMasterKey,
  Pruning,
  IdentityAccounts,
];

@Module({})
export class AppModule implements OnModuleInit {
  constructor(
    private readonly masterKey: CheckMasterKey,
    private readonly signingKeys: SigningKeys,
  ) {}

  static register(service: ServiceParts<AuthConfig>, clock: Clock = systemClock): DynamicModule {
    const { config, database, logger, messaging, operations } = service;
    return {
      module: AppModule,
      controllers: [AuthController],
      providers: [
        { provide: Messaging, useValue: messaging },
        { provide: Database, useValue: database },
        { provide: OPERATIONS, useValue: operations },
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: clock },
        { provide: SIGNING_KEY_DAYS, useValue: config.SIGNING_KEY_DAYS },
        { provide: SECOND_FACTOR_POLICY, useValue: { required: config.REQUIRE_SECOND_FACTOR } },
        { provide: OidcProviders, useValue: new OidcProviders(config.identityProviders) },
        {
          provide: IDENTITY_POLICY,
          useValue: { domains: config.OIDC_ALLOWED_DOMAINS, role: config.OIDC_DEFAULT_ROLE },
        },
        { provide: Vault, useValue: new Vault(config.masterKey, config.previousMasterKey) },
        { provide: PasswordHasher, useValue: new PasswordHasher(config.PASSWORD_HASHES_MAX) },
        ...parts,
        ...useCases,
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.masterKey.execute();
    await this.signingKeys.current();
  }
}
