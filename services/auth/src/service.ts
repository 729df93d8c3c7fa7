import { authCatalog } from '@aether/contracts/auth';
import { defineService } from '@aether/runtime/service';
import { StoredApiKey } from './api-keys/api-key.entity.js';
import { RecoveryCode, SecondFactor } from './second-factor/second-factor.entity.js';
import { AddSecondFactor1763895000000 } from './migrations/1763895000000-add-second-factor.js';
import { AppModule } from './app.module.js';
import { AuthConfig } from './config.js';
import { CreateAuth1763856000000 } from './migrations/1763856000000-create-auth.js';
import { StoredInvitation } from './invitations/invitation.entity.js';
import { AddPeopleAndScopes1763890000000 } from './migrations/1763890000000-add-people-and-scopes.js';
import { IdentityLink, ProviderSignIn } from './identity-providers/provider-sign-in.entity.js';
import { AddIdentityProviders1763910000000 } from './migrations/1763910000000-add-identity-providers.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { Session } from './sessions/session.entity.js';
import { SetupToken } from './setup/setup-token.entity.js';
import { SignInGuard } from './sign-in/sign-in-guard.entity.js';
import { SigningKey } from './signing-keys/signing-key.entity.js';
import { UserAccount } from './users/user.entity.js';
import { AddSecretUses1763900000000 } from './migrations/1763900000000-add-secret-uses.js';
import { MasterKeyCheck } from './vault/master-key-check.entity.js';
import { StoredSecret, StoredSecretUse } from './vault/secret.entity.js';

export const authService = defineService({
  name: 'auth',
  catalog: authCatalog,
  config: AuthConfig,
  schema: {
    entities: [
      UserAccount,
      StoredInvitation,
      SecondFactor,
      RecoveryCode,
      SetupToken,
      SignInGuard,
      Session,
      RefreshToken,
      SigningKey,
      StoredApiKey,
      StoredSecret,
      StoredSecretUse,
      MasterKeyCheck,
      ProviderSignIn,
      IdentityLink,
    ],
    migrations: [
      CreateAuth1763856000000,
      AddPeopleAndScopes1763890000000,
      AddSecondFactor1763895000000,
      AddSecretUses1763900000000,
      AddIdentityProviders1763910000000,
    ],
  },
  module: (parts) => AppModule.register(parts),
});
