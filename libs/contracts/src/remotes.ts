import { z } from 'zod';
import { defineRequest } from './contract.js';
import { missionErrors } from './mission-errors.js';
import { Delivery } from './mission-schemas.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, Nothing, PageQuery, Slug, pageOf } from './schemas.js';

/** Git servers that Aether has an account at: where missions clone from and deliver to. */

/** What a remote offers beside git: pull requests by the API of GitHub or Gitea (Forgejo), or nothing. */
export const GitRemoteKind = z.enum(['github', 'gitea', 'plain']);
export type GitRemoteKind = z.infer<typeof GitRemoteKind>;

const HttpUrl = z.url({ protocol: /^https?$/ }).max(500);
const isBare = (text: string) => {
  const { username, password, search, hash } = new URL(text);
  return !username && !password && !search && !hash;
};

const BARE = 'leave out user, password, query and fragment';
const UrlPrefix = HttpUrl.refine(isBare, BARE).endsWith(
  '/',
  'end it with a slash, so that it means a whole folder',
);
const ApiUrl = HttpUrl.refine(isBare, BARE);

/** An account at a git server. The longest prefix that an address begins with decides; the token is never returned. */
export const GitRemote = z
  .object({
    id: Id,
    name: Slug,
    urlPrefix: z.string().describe('Addresses that begin so are used with it: `https://github.com/acme/`.'),
    kind: GitRemoteKind,
    apiUrl: z.string().nullable().describe('Null: none, since the kind is plain.'),
    username: z.string(),
    createdBy: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'GitRemote' });
export type GitRemote = z.infer<typeof GitRemote>;

const settings = {
  name: Slug,
  urlPrefix: UrlPrefix,
  kind: GitRemoteKind,
  apiUrl: ApiUrl.describe('Where it is not the usual one of the kind.'),
  username: Line(200).regex(/^[^:]+$/, 'a colon is not allowed'),
  token: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[\x21-\x7e]+$/, 'use printable characters without spaces'),
};

const remoteErrors = {
  git_remote_not_found: {
    status: 404,
    title: 'There is no such remote.',
    hint: 'List the remotes to find the right id.',
  },
} as const;

const settingErrors = {
  git_remote_taken: {
    status: 409,
    title: 'Another remote has this name or this prefix.',
    hint: 'Change that one, or choose another name and prefix.',
  },
  address_refused: {
    status: 422,
    title: 'Aether does not connect to this address.',
    hint: 'Use a public address, or have its range added to OUTBOUND_ALLOWED_RANGES.',
  },
} as const;

export const remotesRequests = {
  createGitRemote: defineRequest('req.orchestrator.create-git-remote.v1', {
    input: z.object({
      ...settings,
      kind: settings.kind.default('plain'),
      apiUrl: settings.apiUrl.optional(),
      username: settings.username.default('x-access-token'),
    }),
    output: GitRemote,
    errors: settingErrors,
  }),
  listGitRemotes: defineRequest('req.orchestrator.list-git-remotes.v1', {
    input: PageQuery,
    output: pageOf(GitRemote),
  }),
  getGitRemote: defineRequest('req.orchestrator.get-git-remote.v1', {
    input: z.object({ id: Id }),
    output: GitRemote,
    errors: remoteErrors,
  }),
  /** A new prefix or API address needs the token again, so that nobody can have it sent elsewhere. */
  updateGitRemote: defineRequest('req.orchestrator.update-git-remote.v1', {
    input: z.object({ id: Id, ...z.object(settings).partial().shape }),
    output: GitRemote,
    errors: {
      ...remoteErrors,
      ...settingErrors,
      token_needed: {
        status: 422,
        title: 'The token would be sent to another address.',
        hint: 'Give the token as well.',
      },
    },
  }),
  deleteGitRemote: defineRequest('req.orchestrator.delete-git-remote.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: remoteErrors,
  }),
  /** Brings the branch of an ended mission to its remote now, whatever was tried before; nothing is made twice. */
  deliverMission: defineRequest('req.orchestrator.deliver-mission.v1', {
    input: z.object({
      id: Id.describe('The mission.'),
      delivery: Delivery.exclude(['none']).optional().describe("Instead of the mission's own."),
    }),
    output: z.object({ deliveredTo: z.string() }),
    errors: {
      ...missionErrors,
      nothing_to_deliver: {
        status: 409,
        title: 'This mission has no merged work, has not ended, or is not to be delivered.',
        hint: 'Wait for its end, and name `delivery` where its own is `none`.',
      },
      delivery_failed: {
        status: 502,
        title: 'The remote did not take the work.',
        hint: 'See what it said in `detail`, mend it and try again.',
      },
    },
    timeoutMs: 120_000,
  }),
};

export const remotesRoutes = defineRoutes({
  'GET /api/v1/git-remotes': {
    contract: remotesRequests.listGitRemotes,
    access: 'missions:read',
    summary: 'Git servers that Aether has an account at',
  },
  'POST /api/v1/git-remotes': {
    contract: remotesRequests.createGitRemote,
    access: 'settings:write',
    summary: 'Have addresses that begin so cloned from and pushed to with a token',
    status: 201,
  },
  'GET /api/v1/git-remotes/{id}': {
    contract: remotesRequests.getGitRemote,
    access: 'missions:read',
    summary: 'One git server, without its token',
  },
  'PATCH /api/v1/git-remotes/{id}': {
    contract: remotesRequests.updateGitRemote,
    access: 'settings:write',
    summary: 'Change a git server or its token',
  },
  'DELETE /api/v1/git-remotes/{id}': {
    contract: remotesRequests.deleteGitRemote,
    access: 'settings:write',
    summary: 'Forget a git server and its token',
  },
  'POST /api/v1/missions/{id}/deliver': {
    contract: remotesRequests.deliverMission,
    access: 'missions:write',
    summary: "Push a mission's branch, and open the pull request where one is wanted",
  },
});
