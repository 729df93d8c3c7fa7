import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ATTACHMENT_PIECE_BYTES } from '@aether/contracts/attachments';
import { openclawRequests, type Attachment, type Chat } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const {
  deleteAttachment,
  deleteChat,
  getConnection,
  putAttachment,
  readAttachment,
  sendMessage,
  updateChat,
} = openclawRequests;
/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const MIB = 1024 ** 2;
/** Longer than any test here needs to send what it has brought. */
const UNSENT_MAX_S = 60;

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
let chat: Chat;

const as = (id: string, role: 'viewer' | 'operator' = 'operator'): Partial<Context> => ({
  actor: { type: 'user', id, role },
});
const owner = as(person);

beforeAll(async () => {
  [bridge, gateway] = await Promise.all([
    startBridgeUnderTest({ UNSENT_MAX_S: String(UNSENT_MAX_S) }),
    FakeGateway.start(),
  ]);
  chat = await bridge.chatWith(gateway.url, gateway.token);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});

interface Brought {
  readonly content: Buffer;
  readonly name?: string;
  readonly mediaType?: string;
}
const piecesOf = ({ content, name = 'notes.txt', mediaType = 'text/plain' }: Brought) => {
  const attachmentId = newId();
  return Array.from({ length: Math.ceil(content.length / ATTACHMENT_PIECE_BYTES) }, (_, index) => {
    const offset = index * ATTACHMENT_PIECE_BYTES;
    const piece = content.subarray(offset, offset + ATTACHMENT_PIECE_BYTES).toString('base64');
    return { id: chat.id, attachmentId, name, mediaType, bytes: content.length, offset, content: piece };
  });
};
const bring = async (file: Brought): Promise<Attachment> => {
  let brought: Attachment | null = null;
  for (const piece of piecesOf(file)) brought = (await bridge.call(putAttachment, piece, owner)).attachment;
  if (!brought) throw new Error('the last piece did not make it whole');
  return brought;
};
const said = (text: string, attachments: readonly Attachment[], who = owner) =>
  bridge.call(sendMessage, { id: chat.id, text, attachmentIds: attachments.map(({ id }) => id) }, who);
const lastSent = () =>
  gateway.callsOf('chat.send').at(-1) as { message: string; attachments?: { content: string }[] };

test('a picture and a file reach the agent as they are, and the message keeps them', async () => {
  const content = randomBytes(ATTACHMENT_PIECE_BYTES + 7);
  const picture = await bring({ content: PNG, name: 'red.png', mediaType: 'image/png' });
  const file = await bring({ content, name: 'data.bin', mediaType: 'application/octet-stream' });
  expect(picture).toMatchObject({ isPicture: true, mediaType: 'image/png', bytes: PNG.length });
  const sent = await said('look', [file, picture]);
  expect(sent.attachments).toEqual([file, picture]);
  await bridge.reply(chat.id, sent);
  expect(lastSent()).toMatchObject({
    message: 'look',
    attachments: [
      { type: 'file', fileName: 'data.bin', content: content.toString('base64') },
      { type: 'image', mimeType: 'image/png', fileName: 'red.png', content: PNG.toString('base64') },
    ],
  });
  const [first] = (await bridge.messages(chat.id)).slice(-2);
  expect(first?.attachments).toEqual([file, picture]);
});

test('a file is read back as it came, by those who see the chat', async () => {
  const content = randomBytes(2 * ATTACHMENT_PIECE_BYTES + 1);
  const { id } = await bring({ content });
  const read = async (offset: number) => bridge.call(readAttachment, { id, offset }, owner);
  const first = await read(0);
  expect(first).toMatchObject({
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  const parts = [first, await read(first.nextOffset ?? 0), await read(2 * ATTACHMENT_PIECE_BYTES)];
  expect(parts.at(-1)?.nextOffset).toBeNull();
  const whole = Buffer.concat(parts.map((part) => Buffer.from(part.content, 'base64')));
  expect(whole.equals(content)).toBe(true);
});

test('what is larger than the gateway takes is refused before it is sent, with the limit', async () => {
  const { limits } = await bridge.call(getConnection, { id: chat.connectionId });
  expect(limits).toMatchObject({ maxBytes: 19_464_192, maxImageBytes: 6_291_456 });
  const [first] = piecesOf({ content: randomBytes(ATTACHMENT_PIECE_BYTES) });
  const put = (more: object) => bridge.call(putAttachment, { ...first!, ...more }, owner);
  await expect(put({ bytes: 25 * MIB })).rejects.toMatchObject({
    code: 'attachment_too_large',
    message: expect.stringContaining(String(limits?.maxTotalBytes)) as unknown,
  });
  await expect(put({ bytes: 7 * MIB, mediaType: 'image/heic' })).rejects.toMatchObject({
    code: 'attachment_too_large',
    message: expect.stringContaining('6291456') as unknown,
  });
  // Whatever it calls itself, the gateway would take it for a picture.
  const disguised = Buffer.concat([PNG, randomBytes(7 * MIB)]);
  const [head] = piecesOf({ content: disguised, name: 'x.txt' });
  await expect(bridge.call(putAttachment, head!, owner)).rejects.toMatchObject({
    code: 'attachment_too_large',
  });
  await expect(put({ bytes: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
});

test('files that are too large only together are refused with the message', async () => {
  const large = await Promise.all([10, 10].map((mib) => bring({ content: Buffer.alloc(mib * MIB, 1) })));
  await expect(said('both', large)).rejects.toMatchObject({
    code: 'attachments_too_large',
    message: expect.stringMatching(/20971520 bytes; the gateway takes \d+/) as unknown,
  });
});

test('a piece that comes twice is taken once, and one that is missing is asked for', async () => {
  const pieces = piecesOf({ content: randomBytes(ATTACHMENT_PIECE_BYTES + 3) });
  const [first, last] = pieces as [(typeof pieces)[0], (typeof pieces)[0]];
  await expect(bridge.call(putAttachment, last, owner)).rejects.toMatchObject({
    code: 'attachment_piece_missing',
  });
  const put = { attachment: null, nextOffset: ATTACHMENT_PIECE_BYTES };
  const twice = await Promise.all([first, first].map((piece) => bridge.call(putAttachment, piece, owner)));
  expect(twice).toEqual([put, put]);
  const unfinished = { id: first.attachmentId } as Attachment;
  await expect(said('too early', [unfinished])).rejects.toMatchObject({ code: 'attachment_not_found' });
  await expect(
    bridge.call(putAttachment, { ...last, content: 'AAAA', bytes: first.bytes }, owner),
  ).resolves.toMatchObject({
    attachment: { bytes: first.bytes },
  });
  await expect(bridge.call(putAttachment, { ...first, name: 'another.txt' }, owner)).rejects.toMatchObject({
    code: 'attachment_id_taken',
  });
});

test('a message that waits for its gateway, and a bridge that was restarted, send what it brings', async () => {
  await gateway.crash();
  const picture = await bring({ content: PNG, name: 'red.png', mediaType: 'image/png' });
  const sent = await said('', [picture]);
  await bridge.stopBridge();
  await gateway.resume();
  await bridge.startBridge();
  expect(await bridge.reply(chat.id, sent, 30_000)).toMatchObject({ state: 'complete' });
  expect(lastSent()).toMatchObject({ message: '', attachments: [{ content: PNG.toString('base64') }] });
});

test('what is not sent can be taken back by its person, and is removed after a while', async () => {
  const [mine, kept] = [await bring({ content: PNG }), await bring({ content: PNG })];
  await bridge.call(deleteAttachment, { id: mine.id }, owner);
  await expect(bridge.call(readAttachment, { id: mine.id }, owner)).rejects.toMatchObject({
    code: 'attachment_not_found',
  });
  const sent = await said('keep', [kept]);
  await bridge.reply(chat.id, sent);
  await expect(bridge.call(deleteAttachment, { id: kept.id }, owner)).rejects.toMatchObject({
    code: 'attachment_sent',
  });
  const forgotten = await bring({ content: PNG });
  await bridge.query(`UPDATE attachment SET touched_at = touched_at - $2 * interval '1 s' WHERE id = $1`, [
    forgotten.id,
    UNSENT_MAX_S,
  ]);
  await eventually(
    async () =>
      expect(await bridge.query('SELECT 1 FROM attachment WHERE id = $1', [forgotten.id])).toEqual([]),
    { timeoutMs: 30_000 },
  );
  expect(await bridge.query('SELECT 1 FROM attachment WHERE id = $1', [kept.id])).toHaveLength(1);
});

test("attack: nobody sends, reads or takes back somebody else's file, nor one of another chat or twice", async () => {
  await bridge.call(updateChat, { id: chat.id, visibility: 'open' }, owner);
  const stranger = as(randomUUID());
  const file = await bring({ content: Buffer.from('mine') });
  const hidden = { code: 'attachment_not_found' };
  await expect(said('theirs', [file], stranger)).rejects.toMatchObject(hidden);
  await expect(bridge.call(readAttachment, { id: file.id }, stranger)).rejects.toMatchObject(hidden);
  await expect(bridge.call(deleteAttachment, { id: file.id }, stranger)).rejects.toMatchObject(hidden);
  const [piece] = piecesOf({ content: Buffer.from('evil') });
  await expect(
    bridge.call(putAttachment, { ...piece!, attachmentId: file.id, name: file.name }, stranger),
  ).rejects.toMatchObject({ code: 'attachment_id_taken' });
  const sent = await said('once', [file]);
  await bridge.reply(chat.id, sent);
  await expect(said('twice', [file])).rejects.toMatchObject(hidden);
  expect(await bridge.call(readAttachment, { id: file.id }, stranger)).toMatchObject({ bytes: 4 });
  await expect(bridge.call(putAttachment, piece!, as(person, 'viewer'))).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('attack: a page that calls itself a picture is not told to be one', async () => {
  const content = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  expect(await bring({ content, name: 'x.png', mediaType: 'image/png' })).toMatchObject({
    isPicture: false,
    mediaType: 'application/octet-stream',
  });
  expect(await bring({ content, name: 'x.svg', mediaType: 'image/svg+xml' })).toMatchObject({
    isPicture: false,
  });
  const [piece] = piecesOf({ content });
  for (const name of ['../x', 'a\\b', 'a\r\nb', ''])
    await expect(bridge.call(putAttachment, { ...piece!, name }, owner)).rejects.toMatchObject({
      code: 'invalid_input',
    });
});

test('attachments go with their chat', async () => {
  const { id } = await bring({ content: PNG });
  await bridge.call(deleteChat, { id: chat.id }, owner);
  expect(await bridge.query('SELECT 1 FROM attachment')).toEqual([]);
  expect(await bridge.query('SELECT 1 FROM attachment_piece WHERE attachment_id = $1', [id])).toEqual([]);
});
