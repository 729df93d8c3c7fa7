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
import { CreateInvitation } from './invitations/create-invitation.js';
import { ReadInvitations } from './invitations/read-invitations.js';
import { RevokeInvitation } from './invitations/revoke-invitation.js';
import { AcceptInvitation } from './invitations/accept-invitation.js';
import { BeginProviderSignIn } from './identity-providers/begin-provider-sign-in.js';
import { OidcProviders } from './identity-providers/oidc-providers.js';
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
import { RewrapVault } from './vault/rewrap-vault.js';

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
    private readonly rewrapVault: RewrapVault,
    private readonly setUpSecondFactor: SetUpSecondFactor,
    private readonly changeSecondFactor: ChangeSecondFactor,
    private readonly createInvitation: CreateInvitation,
    private readonly readInvitations: ReadInvitations,
    private readonly revokeInvitation: RevokeInvitation,
    private readonly acceptInvitation: AcceptInvitation,
    private readonly readSessions: ReadSessions,
    private readonly revokeSessions: RevokeSessions,
    private readonly readUsers: ReadUsers,
    private readonly updateUser: UpdateUser,
    private readonly updateMe: UpdateMe,
    private readonly disableUser: DisableUser,
    private readonly enableUser: EnableUser,
    private readonly deleteUser: DeleteUser,
    private readonly rotateApiKey: RotateApiKey,
    private readonly providers: OidcProviders,
    private readonly beginProviderSignIn: BeginProviderSignIn,
    private readonly signInByProvider: SignInByProvider,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(authRequests, {
      ...this.operations,
      getSetupState: () => this.getSetupState.execute(),
      createSetupToken: (_, context) => this.createSetupToken.execute(context),
      completeSetup: (input, context) => this.completeSetup.execute(input, context),
      signIn: (input, context) => this.signIn.execute(input, context),
      listIdentityProviders: () => ({ items: this.providers.list() }),
      beginProviderSignIn: (input, context) => this.beginProviderSignIn.execute(input, context),
      signInByProvider: (input, context) => this.signInByProvider.execute(input, context),
      changePassword: (input, context) => this.changePassword.execute(input, context),
      refreshSession: (input, context) => this.refreshSession.execute(input, context),
      signOut: (input, context) => this.signOut.execute(input, context),
      getJwks: async () => ({ keys: await this.signingKeys.publicKeys() }),
      getMe: (_, context) => this.getMe.execute(context),
      createApiKey: (input, context) => this.createApiKey.execute(input, context),
      listApiKeys: (input, context) => this.listApiKeys.execute(input, context),
      revokeApiKey: (input, context) => this.revokeApiKey.execute(input, context),
      verifyApiKey: (input, context) => this.verifyApiKey.execute(input, context),
      beginSecondFactor: (_, context) => this.setUpSecondFactor.begin(context),
      confirmSecondFactor: (input, context) => this.setUpSecondFactor.confirm(input, context),
      replaceRecoveryCodes: (input, context) => this.changeSecondFactor.replaceCodes(input, context),
      disableSecondFactor: (input, context) => this.changeSecondFactor.disable(input, context),
      resetSecondFactor: (input, context) => this.changeSecondFactor.reset(input, context),
      getVaultState: (_, context) => this.rewrapVault.state(context),
      rewrapVault: (_, context) => this.rewrapVault.execute(context),
      rotateSigningKeys: (input, context) => this.signingKeys.rotate(input, context),
      listUsers: (input, context) => this.readUsers.list(input, context),
      getUser: (input, context) => this.readUsers.get(input, context),
      updateUser: (input, context) => this.updateUser.execute(input, context),
      disableUser: (input, context) => this.disableUser.execute(input, context),
      enableUser: (input, context) => this.enableUser.execute(input, context),
      deleteUser: (input, context) => this.deleteUser.execute(input, context),
      updateMe: (input, context) => this.updateMe.execute(input, context),
      createInvitation: (input, context) => this.createInvitation.execute(input, context),
      listInvitations: (input, context) => this.readInvitations.list(input, context),
      readInvitation: (input, context) => this.readInvitations.byToken(input, context),
      revokeInvitation: (input, context) => this.revokeInvitation.execute(input, context),
      acceptInvitation: (input, context) => this.acceptInvitation.execute(input, context),
      listMySessions: (_, context) => this.readSessions.mine(context),
      listSessions: (input, context) => this.readSessions.of(input, context),
      listRecentEndings: (_, context) => this.readSessions.recentEndings(context),
      revokeMySession: (input, context) => this.revokeSessions.oneOfMine(input, context),
      revokeMySessions: (_, context) => this.revokeSessions.allOfMine(context),
      revokeSessions: (input, context) => this.revokeSessions.allOf(input, context),
      rotateApiKey: (input, context) => this.rotateApiKey.execute(input, context),
      storeSecret: (input, context) => this.storeSecret.execute(input, context),
      replaceSecret: (input, context) => this.replaceSecret.execute(input, context),
      listSecrets: (input, context) => this.listSecrets.execute(input, context),
      deleteSecret: (input, context) => this.deleteSecret.execute(input, context),
      revealSecret: (input, context) => this.revealSecret.execute(input, context),
    });
  }
}
