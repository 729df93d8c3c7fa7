import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ARTIFACT_PIECE_BYTES } from '@aether/contracts/mission-artifacts';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import S3rver from 's3rver';
import { jason, person, planned, startMissions } from './system.js';

const { putArtifact, listArtifacts, getArtifact, readArtifact, addComment, listThread, createMission } =
  missionsRequests;

const failing = (code: string) => ({ code });
type Missions = Awaited<ReturnType<typeof startMissions>>;
type Fields = Partial<Parameters<typeof announced>[1]>;

const announced = (
  content: Buffer,
  more: { id?: string; missionId: string; name?: string; taskId?: string; sha256?: string },
) => ({
  id: newId(),
  name: 'out/report.md',
  mediaType: 'text/markdown',
  kind: 'report' as const,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  ...more,
});

async function put(missions: Missions, content: Buffer, more: Fields & { missionId: string }) {
  const facts = announced(content, more);
  let offset = 0;
  for (;;) {
    const piece = content.subarray(offset, offset + ARTIFACT_PIECE_BYTES).toString('base64');
    const input = { ...facts, offset, content: piece };
    const { artifact, nextOffset } = await missions.call(putArtifact, input, jason);
    if (artifact) return artifact;
    offset = nextOffset;
  }
}

async function read(missions: Missions, id: string, by = person()) {
  const pieces: Buffer[] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const piece: Awaited<ReturnType<typeof readPiece>> = await readPiece(offset);
    pieces.push(Buffer.from(piece.content, 'base64'));
    offset = piece.nextOffset;
  }
  return Buffer.concat(pieces);

  async function readPiece(at: number) {
    return missions.call(readArtifact, { id, offset: at }, by);
  }
}

const contents = (database: Missions['database']) =>
  database.query<{ sha256: string }>('SELECT sha256 FROM artifact_content');

describe.each([
  { where: 'a directory', server: async () => ({ settings: {}, close: async () => undefined }) },
  { where: 'a bucket of a server that speaks S3', server: startS3 },
])('artifacts in $where', ({ server }) => {
  let missions: Missions;
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    const started = await server();
    close = started.close;
    missions = await startMissions({ ...started.settings, ARTIFACT_MAX_MB: '4', ARTIFACT_GRACE_S: '1' });
  });
  afterAll(async () => {
    await missions.stop();
    await close();
  });

  test('are kept byte for byte, however many pieces they come in', async () => {
    const { mission, task, by } = await missions.running([planned('a')]);
    const taskId = task('a').id;
    const content = randomBytes(2 * ARTIFACT_PIECE_BYTES + 17);
    const artifact = await put(missions, content, { missionId: mission.id, taskId });
    expect(artifact).toMatchObject({ missionId: mission.id, taskId, bytes: content.length });
    expect((await read(missions, artifact.id)).equals(content)).toBe(true);
    expect(await missions.call(getArtifact, { id: artifact.id }, by)).toEqual(artifact);
    const empty = await put(missions, Buffer.alloc(0), { missionId: mission.id, name: 'empty' });
    expect(await read(missions, empty.id)).toHaveLength(0);
    const { items } = await missions.call(listArtifacts, { id: mission.id }, by);
    expect(items.map(({ id }) => id)).toEqual([empty.id, artifact.id]);
    expect((await missions.call(listArtifacts, { id: mission.id, taskId }, by)).items).toEqual([artifact]);
    const thread = await missions.call(listThread, { id: mission.id }, by);
    expect(thread.items[1]).toMatchObject({ kind: 'artifact', artifactIds: [artifact.id], taskId });
    await eventually(() =>
      expect(missions.events).toContainEqual({
        subject: missionsEvents.artifactAdded.subject,
        payload: { artifact },
      }),
    );
  });

  test('with the same content are kept once, and nothing is kept that no artifact refers to', async () => {
    const { mission } = await missions.running([planned('a')]);
    const content = randomBytes(100);
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => put(missions, content, { missionId: mission.id, name })),
    );
    const { sha256 } = announced(content, { missionId: mission.id });
    const of = async () => (await contents(missions.database)).filter((row) => row.sha256 === sha256);
    expect(await of()).toHaveLength(1);
    await missions.database.query(`DELETE FROM artifact WHERE id = '${one?.id ?? ''}'`);
    expect((await read(missions, two?.id ?? '')).equals(content)).toBe(true);
    await missions.database.query(`DELETE FROM artifact WHERE id = '${two?.id ?? ''}'`);
    await eventually(async () => expect(await of()).toEqual([]));
    const again = await put(missions, content, { missionId: mission.id });
    expect((await read(missions, again.id)).equals(content)).toBe(true);
  });
});

describe('artifacts', () => {
  let missions: Missions;
  beforeAll(async () => {
    missions = await startMissions({ ARTIFACT_MAX_MB: '1', ARTIFACT_GRACE_S: '1' });
  });
  afterAll(() => missions.stop());

  const piece = (content: Buffer, more: Fields & { missionId: string }) => ({
    ...announced(content, more),
    offset: 0,
    content: content.toString('base64'),
  });

  test('are there once, also when the last piece is sent twice', async () => {
    const { mission } = await missions.running([planned('a')]);
    const input = piece(Buffer.from('twice'), { missionId: mission.id });
    const first = await missions.call(putArtifact, input, jason);
    expect(await missions.call(putArtifact, input, jason)).toEqual(first);
    await expect(missions.call(putArtifact, { ...input, name: 'other' }, jason)).rejects.toMatchObject(
      failing('artifact_id_taken'),
    );
  });

  test('are not taken from people, nor for missions and tasks that are not there', async () => {
    const { mission } = await missions.running([planned('a')]);
    const other = await missions.running([planned('b')]);
    const input = piece(Buffer.from('x'), { missionId: mission.id });
    const { orchestrator } = missions;
    await expect(orchestrator.call(putArtifact, input, person('admin'))).rejects.toMatchObject(
      failing('forbidden'),
    );
    await expect(missions.call(putArtifact, { ...input, missionId: newId() }, jason)).rejects.toMatchObject(
      failing('mission_not_found'),
    );
    const taskId = other.task('b').id;
    await expect(missions.call(putArtifact, { ...input, taskId }, jason)).rejects.toMatchObject(
      failing('task_not_found'),
    );
  });

  test.each([
    { fault: 'a digest that is not theirs', change: { sha256: 'f'.repeat(64) }, code: 'artifact_corrupt' },
    { fault: 'more than was announced', change: { bytes: 2 }, code: 'artifact_corrupt' },
    { fault: 'a piece missing before it', change: { bytes: 10, offset: 3 }, code: 'artifact_piece_missing' },
    { fault: 'more than is allowed', change: { bytes: 2 ** 20 + 1 }, code: 'artifact_too_large' },
    { fault: 'an empty piece', change: { content: '' }, code: 'invalid_input' },
    { fault: 'a piece that is too large', change: { content: 'A'.repeat(800_000) }, code: 'invalid_input' },
    { fault: 'what is not base64', change: { content: '?' }, code: 'invalid_input' },
    { fault: 'a header in the media type', change: { mediaType: 'a/b\r\nX: 1' }, code: 'invalid_input' },
  ])('with $fault are refused, and nothing of them stays', async ({ change, code }) => {
    const { mission, by } = await missions.running([planned('a')]);
    const input = { ...piece(Buffer.from('content'), { missionId: mission.id }), ...change };
    await expect(missions.call(putArtifact, input, jason)).rejects.toMatchObject(failing(code));
    expect((await missions.call(listArtifacts, { id: mission.id }, by)).items).toEqual([]);
    await eventually(async () =>
      expect(
        await missions.database.query(`SELECT 1 FROM artifact_piece WHERE artifact_id = '${input.id}'`),
      ).toEqual([]),
    );
  });

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b',
    'a/./b',
    'a//b',
    'a\\..\\b',
    'C:/Windows/x',
    'a\u0000b',
    'a\r\nSet-Cookie: b',
    'report\u202Emd.exe',
    '.. /x',
    'x/.',
    '',
  ])('attack: a name that leads out of a directory or hides what it is, %j, is refused', async (name) => {
    const { mission } = await missions.running([planned('a')]);
    const input = piece(Buffer.from('x'), { missionId: mission.id, name });
    await expect(missions.call(putArtifact, input, jason)).rejects.toMatchObject(failing('invalid_input'));
    expect(await readdir(missions.directory)).toEqual(['artifacts']);
  });

  test('attack: a stranger learns nothing of the artifacts of a private mission', async () => {
    const owner = person();
    const stranger = person();
    const { id } = await missions.call(createMission, { goal: 'Secret', visibility: 'private' }, owner);
    const artifact = await put(missions, Buffer.from('secret'), { missionId: id });
    for (const ask of [
      () => missions.call(getArtifact, { id: artifact.id }, stranger),
      () => missions.call(readArtifact, { id: artifact.id }, stranger),
      () => missions.call(getArtifact, { id: newId() }, stranger),
    ])
      await expect(ask()).rejects.toMatchObject(failing('artifact_not_found'));
    await expect(missions.call(listArtifacts, { id }, stranger)).rejects.toMatchObject(
      failing('mission_not_found'),
    );
    expect((await read(missions, artifact.id, owner)).toString()).toBe('secret');
  });

  test('go with their mission, which goes when it has ended and its owner says so', async () => {
    const owner = person();
    const { id } = await missions.call(createMission, { goal: 'Gone' }, owner);
    const artifact = await put(missions, randomBytes(50), { missionId: id });
    const deleted = (by = owner) => missions.call(missionsRequests.deleteMission, { id }, by);
    await expect(deleted()).rejects.toMatchObject(failing('transition_not_allowed'));
    await missions.call(missionsRequests.cancelMission, { id }, owner);
    await expect(deleted(person('viewer'))).rejects.toMatchObject(failing('forbidden'));
    await expect(deleted(person())).rejects.toMatchObject(failing('forbidden'));
    await deleted();
    await expect(deleted()).rejects.toMatchObject(failing('mission_not_found'));
    await expect(missions.call(getArtifact, { id: artifact.id }, owner)).rejects.toMatchObject(
      failing('artifact_not_found'),
    );
    await eventually(async () => {
      const shas = (await contents(missions.database)).map(({ sha256 }) => sha256);
      expect(shas).not.toContain(artifact.sha256);
      expect(missions.events).toContainEqual({
        subject: missionsEvents.missionDeleted.subject,
        payload: expect.objectContaining({ missionId: id }),
      });
    });
  });

  test('belong to entries of their own mission only', async () => {
    const { mission, by } = await missions.running([planned('a')]);
    const { id } = mission;
    const artifact = await put(missions, Buffer.from('mine'), { missionId: id });
    const artifactIds = [artifact.id];
    expect(await missions.call(addComment, { id, text: 'See.', artifactIds }, by)).toMatchObject({
      artifactIds,
    });
    const other = await missions.running([planned('a')]);
    await expect(
      missions.call(addComment, { id: other.mission.id, text: 'See.', artifactIds }, by),
    ).rejects.toMatchObject(failing('artifact_not_found'));
  });
});

test('a store without its bucket is "unavailable", and the artifact is not there until it was stored', async () => {
  const { settings, close } = await startS3();
  const missions = await startMissions({ ...settings, ARTIFACTS_S3_BUCKET: 'not-there' });
  try {
    const { mission, by } = await missions.running([planned('a')]);
    await expect(put(missions, Buffer.from('x'), { missionId: mission.id })).rejects.toMatchObject(
      failing('unavailable'),
    );
    expect((await missions.call(listArtifacts, { id: mission.id }, by)).items).toEqual([]);
  } finally {
    await missions.stop();
    await close();
  }
});

/** A server of its own, with a bucket and keys, in a directory that goes with it. */
async function startS3() {
  const directory = await mkdtemp(join(tmpdir(), 'aether-s3-'));
  const port = await freePort();
  const server = new S3rver({
    port,
    address: '127.0.0.1',
    directory,
    silent: true,
    configureBuckets: [{ name: 'artifacts', configs: [] }],
  });
  await server.run();
  return {
    settings: {
      ARTIFACTS_S3_BUCKET: 'artifacts',
      ARTIFACTS_S3_PREFIX: 'aether/',
      ARTIFACTS_S3_ENDPOINT: `http://127.0.0.1:${port}`,
      ARTIFACTS_S3_ACCESS_KEY_ID: 'S3RVER',
      ARTIFACTS_S3_SECRET_ACCESS_KEY: 'S3RVER',
    },
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
