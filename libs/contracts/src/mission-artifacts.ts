import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { artifactErrors, missionErrors, taskErrors } from './mission-errors.js';
import { defineRoutes } from './route.js';
import { FilePiece, MediaType } from './file-piece.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

/** Most bytes one request carries, so that its text stays below a megabyte. */
export const ARTIFACT_PIECE_BYTES = 512 * 1024;
/** No artifact is larger, whatever an installation allows: a gibibyte. */
export const ARTIFACT_BYTES_MAX = 1024 ** 3;

/** `patch`: a diff git can apply. `report`: words for people. `file`: whatever else an agent made. */
export const ArtifactKind = z.enum(['patch', 'file', 'report']);
export type ArtifactKind = z.infer<typeof ArtifactKind>;

/**
 * Name of an artifact: a path below some directory, never out of it, so that it can be written where somebody
 * chooses. No part of it is empty, `.` or `..`, and nothing in it means something else on another system.
 */
export const ArtifactName = z
  .string()
  .min(1)
  .max(400)
  .refine(
    (name) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\:*?"<>|]/u.test(name),
    'a character of it is not allowed in names of files',
  )
  .refine(
    (name) => name.split('/').every((part) => part.length <= 200 && !/^$|^\.{1,2}$|^\s|[\s.]$/.test(part)),
    'must be a path whose parts are neither empty nor "." or "..", and end with neither a space nor a dot',
  );

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

/** Something a mission made, and where it came from. Never changed; it goes with its mission. */
export const Artifact = z
  .object({
    id: Id,
    missionId: Id,
    taskId: Id.nullable(),
    attemptId: Id.nullable(),
    name: ArtifactName,
    mediaType: MediaType,
    kind: ArtifactKind,
    bytes: z.number().int(),
    sha256: Sha256,
    createdAt: Instant,
  })
  .meta({ id: 'Artifact' });
export type Artifact = z.infer<typeof Artifact>;

const ArtifactRef = z.object({ id: Id });

export const artifactRequests = {
  /**
   * One piece of an artifact, in order from offset 0; with the last one the artifact is there. `id` is chosen by
   * the sender, and a piece sent twice is taken once. An empty file is one empty piece.
   */
  putArtifact: defineRequest('req.missions.put-artifact.v1', {
    input: Artifact.omit({ createdAt: true }).extend({
      taskId: Id.nullable().default(null),
      attemptId: Id.nullable().default(null),
      bytes: z.number().int().min(0).max(ARTIFACT_BYTES_MAX).describe('Of the whole artifact.'),
      offset: z.number().int().min(0).max(ARTIFACT_BYTES_MAX),
      content: z.base64().max(4 * Math.ceil(ARTIFACT_PIECE_BYTES / 3)),
    }),
    output: z.object({
      artifact: Artifact.nullable().describe('Null until the last piece is there.'),
      nextOffset: z.number().int().describe('Where the next piece begins.'),
    }),
    errors: {
      ...missionErrors,
      ...taskErrors,
      artifact_too_large: {
        status: 413,
        title: 'The artifact is larger than this installation allows.',
        hint: 'Raise ARTIFACT_MAX_MB of the missions service, or hand over less.',
      },
      artifact_corrupt: {
        status: 422,
        title: 'The pieces do not make what was announced.',
        hint: 'Send the artifact again from the first piece, with the right digest and size.',
      },
      artifact_piece_missing: {
        status: 409,
        title: 'The piece before this one is not there.',
        hint: 'Send the pieces in order, from the offset that the last answer named, or from 0.',
      },
      artifact_id_taken: {
        status: 409,
        title: 'Another artifact has this id.',
        hint: 'Choose a new id for each artifact.',
      },
    },
    timeoutMs: 60_000,
  }),
  listArtifacts: defineRequest('req.missions.list-artifacts.v1', {
    input: PageQuery.extend({ id: Id.describe('The mission.'), taskId: Id.optional() }),
    output: pageOf(Artifact),
    errors: missionErrors,
  }),
  getArtifact: defineRequest('req.missions.get-artifact.v1', {
    input: ArtifactRef,
    output: Artifact,
    errors: artifactErrors,
  }),
  /** The content from `offset` on, as much of it as one answer carries. */
  readArtifact: defineRequest('req.missions.read-artifact.v1', {
    input: ArtifactRef.extend({ offset: z.number().int().min(0).max(ARTIFACT_BYTES_MAX).default(0) }),
    output: FilePiece,
    errors: artifactErrors,
    timeoutMs: 30_000,
  }),
};

export const artifactEvents = {
  artifactAdded: defineEvent('evt.missions.artifact-added.v1', z.object({ artifact: Artifact })),
};

export const artifactRoutes = defineRoutes({
  'GET /api/v1/missions/{id}/artifacts': {
    contract: artifactRequests.listArtifacts,
    access: 'missions:read',
    summary: 'What a mission made, newest first',
  },
  'GET /api/v1/artifacts/{id}': {
    contract: artifactRequests.getArtifact,
    access: 'missions:read',
    summary: 'One artifact: what it is, its size and digest',
  },
  'GET /api/v1/artifacts/{id}/content': {
    contract: artifactRequests.readArtifact,
    access: 'missions:read',
    summary: 'The artifact itself, to be saved',
    file: true,
  },
});
