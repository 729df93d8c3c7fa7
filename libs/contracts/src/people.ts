import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import {
  Email,
  Invitation,
  OpaqueToken,
  Password,
  PersonName,
  SessionEnd,
  SessionView,
  User,
} from './identity.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing, PageQuery, Role, pageOf } from './schemas.js';

/** Accounts, invitations and sessions: part of what `auth` owns. */

const userErrors = {
  user_not_found: {
    status: 404,
    title: 'There is no such account.',
    hint: 'List the users to find the right id.',
  },
} as const;

const lastAdminErrors = {
  last_admin: {
    status: 409,
    title: 'This is the only administrator that can sign in.',
    hint: 'Make somebody else an administrator first.',
  },
} as const;

/** Also of what gives a role to a key: nobody hands on what they do not have. */
export const grantErrors = {
  role_too_high: {
    status: 403,
    title: 'This role may do more than you may.',
    hint: 'Choose a role whose permissions you have yourself.',
  },
} as const;

const invitationErrors = {
  invitation_invalid: {
    status: 403,
    title: 'This invitation is not valid.',
    hint: 'It was used, withdrawn or has expired; ask for a new one.',
  },
} as const;

const sessionErrors = {
  session_not_found: {
    status: 404,
    title: 'There is no such session.',
    hint: 'List the sessions to find the right id; sessions that ended are not listed.',
  },
} as const;

export const peopleRequests = {
  listUsers: defineRequest('req.auth.list-users.v1', { input: PageQuery, output: pageOf(User) }),
  getUser: defineRequest('req.auth.get-user.v1', {
    input: z.object({ id: Id }),
    output: User,
    errors: userErrors,
  }),
  updateUser: defineRequest('req.auth.update-user.v1', {
    input: z.object({ id: Id, name: PersonName.optional(), role: Role.optional() }),
    output: User,
    errors: { ...userErrors, ...lastAdminErrors, ...grantErrors },
  }),
  /** Ends every session and key of the account at once; nothing of what it made is removed. */
  disableUser: defineRequest('req.auth.disable-user.v1', {
    input: z.object({ id: Id }),
    output: User,
    errors: { ...userErrors, ...lastAdminErrors },
  }),
  enableUser: defineRequest('req.auth.enable-user.v1', {
    input: z.object({ id: Id }),
    output: User,
    errors: { ...userErrors, ...grantErrors },
  }),
  deleteUser: defineRequest('req.auth.delete-user.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: { ...userErrors, ...lastAdminErrors },
  }),
  updateMe: defineRequest('req.auth.update-me.v1', { input: z.object({ name: PersonName }), output: User }),

  createInvitation: defineRequest('req.auth.create-invitation.v1', {
    input: z.object({
      email: Email,
      role: Role,
      validH: z.number().int().min(1).max(720).default(72).describe('Hours the link can be used.'),
    }),
    output: z.object({
      invitation: Invitation,
      token: z.string().describe('For the link, shown this once: /invite#token=<token>.'),
    }),
    errors: {
      ...grantErrors,
      user_exists: {
        status: 409,
        title: 'There is an account with this e-mail address already.',
        hint: 'Change its role, or enable it, instead of inviting it.',
      },
      invitation_already_shown: {
        status: 409,
        title: 'This request already made an invitation, and its link is shown only once.',
        hint: 'Invite again with a new Idempotency-Key; the new link takes the place of the old one.',
      },
    },
  }),
  listInvitations: defineRequest('req.auth.list-invitations.v1', {
    input: PageQuery,
    output: pageOf(Invitation),
  }),
  revokeInvitation: defineRequest('req.auth.revoke-invitation.v1', {
    input: z.object({ id: Id }),
    output: Invitation,
    errors: {
      invitation_not_found: {
        status: 404,
        title: 'There is no such invitation.',
        hint: 'List the invitations to find the right id.',
      },
    },
  }),
  readInvitation: defineRequest('req.auth.read-invitation.v1', {
    input: z.object({ token: OpaqueToken }),
    output: z.object({ email: z.email(), role: Role, expiresAt: Instant }),
    errors: invitationErrors,
  }),
  acceptInvitation: defineRequest('req.auth.accept-invitation.v1', {
    input: z.object({ token: OpaqueToken, name: PersonName, password: Password }),
    output: User,
    errors: invitationErrors,
  }),

  listMySessions: defineRequest('req.auth.list-my-sessions.v1', {
    input: Nothing,
    output: z.object({ items: z.array(SessionView) }),
  }),
  revokeMySession: defineRequest('req.auth.revoke-my-session.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: sessionErrors,
  }),
  /** The session the request came by is ended as well. */
  revokeMySessions: defineRequest('req.auth.revoke-my-sessions.v1', {
    input: Nothing,
    output: z.object({ ended: z.number().int() }),
  }),
  listSessions: defineRequest('req.auth.list-sessions.v1', {
    input: z.object({ id: Id }),
    output: z.object({ items: z.array(SessionView) }),
    errors: userErrors,
  }),
  revokeSessions: defineRequest('req.auth.revoke-sessions.v1', {
    input: z.object({ id: Id }),
    output: z.object({ ended: z.number().int() }),
    errors: userErrors,
  }),
  /**
   * What ended or changed so lately that access tokens from before are still about; asked by an edge that
   * starts, and after a gap in the events that tell of it. No route leads here.
   */
  listRecentEndings: defineRequest('req.auth.list-recent-endings.v1', {
    input: Nothing,
    output: z.object({
      sessionIds: z.array(Id),
      users: z.array(z.object({ userId: Id, role: Role.nullable() })),
    }),
  }),
};

export const peopleEvents = {
  userCreated: defineEvent('evt.auth.user-created.v1', z.object({ user: User })),
  /** Access tokens that name another role than this are refused from now on. */
  userChanged: defineEvent('evt.auth.user-changed.v1', z.object({ user: User })),
  userDisabled: defineEvent('evt.auth.user-disabled.v1', z.object({ userId: Id })),
  userEnabled: defineEvent('evt.auth.user-enabled.v1', z.object({ user: User })),
  userDeleted: defineEvent('evt.auth.user-deleted.v1', z.object({ userId: Id })),
  invitationCreated: defineEvent('evt.auth.invitation-created.v1', z.object({ invitation: Invitation })),
  invitationRevoked: defineEvent('evt.auth.invitation-revoked.v1', z.object({ invitationId: Id })),
  invitationAccepted: defineEvent(
    'evt.auth.invitation-accepted.v1',
    z.object({ invitationId: Id, userId: Id }),
  ),
  sessionRevoked: defineEvent(
    'evt.auth.session-revoked.v1',
    z.object({ userId: Id, sessionId: Id, reason: SessionEnd }),
  ),
};

export const peopleRoutes = defineRoutes({
  'GET /api/v1/users': { contract: peopleRequests.listUsers, access: 'users:read', summary: 'List accounts' },
  'GET /api/v1/users/{id}': {
    contract: peopleRequests.getUser,
    access: 'users:read',
    summary: 'One account',
  },
  'PATCH /api/v1/users/{id}': {
    contract: peopleRequests.updateUser,
    access: 'users:write',
    summary: 'Change the name or the role of an account',
  },
  'DELETE /api/v1/users/{id}': {
    contract: peopleRequests.deleteUser,
    access: 'users:write',
    summary: 'Delete an account with its sessions and keys',
  },
  'POST /api/v1/users/{id}/disable': {
    contract: peopleRequests.disableUser,
    access: 'users:write',
    summary: 'Disable an account; its sessions and keys stop working at once',
  },
  'POST /api/v1/users/{id}/enable': {
    contract: peopleRequests.enableUser,
    access: 'users:write',
    summary: 'Enable a disabled account',
  },
  'GET /api/v1/users/{id}/sessions': {
    contract: peopleRequests.listSessions,
    access: 'users:read',
    summary: 'Running sessions of an account',
  },
  'DELETE /api/v1/users/{id}/sessions': {
    contract: peopleRequests.revokeSessions,
    access: 'users:write',
    summary: 'End every session of an account',
  },
  'PATCH /api/v1/me': {
    contract: peopleRequests.updateMe,
    access: 'account:write',
    summary: 'Change my name',
  },
  'GET /api/v1/me/sessions': {
    contract: peopleRequests.listMySessions,
    access: 'account:read',
    summary: 'My running sessions',
  },
  'DELETE /api/v1/me/sessions': {
    contract: peopleRequests.revokeMySessions,
    access: 'account:write',
    summary: 'Sign out everywhere, here as well',
  },
  'DELETE /api/v1/me/sessions/{id}': {
    contract: peopleRequests.revokeMySession,
    access: 'account:write',
    summary: 'End one of my sessions',
  },
  'GET /api/v1/invitations': {
    contract: peopleRequests.listInvitations,
    access: 'users:read',
    summary: 'List invitations',
  },
  'POST /api/v1/invitations': {
    contract: peopleRequests.createInvitation,
    access: 'users:write',
    summary: 'Invite somebody by a link that works once',
    status: 201,
  },
  'DELETE /api/v1/invitations/{id}': {
    contract: peopleRequests.revokeInvitation,
    access: 'users:write',
    summary: 'Withdraw an invitation',
  },
  'POST /api/v1/invitations/read': {
    contract: peopleRequests.readInvitation,
    access: 'public',
    summary: 'What the holder of an invitation is invited to',
    rateClass: 'sign-in',
  },
  'POST /api/v1/invitations/accept': {
    contract: peopleRequests.acceptInvitation,
    access: 'public',
    summary: 'Make the account that an invitation is for',
    status: 201,
    rateClass: 'sign-in',
  },
});
