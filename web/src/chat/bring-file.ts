import { ATTACHMENT_PIECE_BYTES, type Attachment } from '@aether/contracts/attachments';
import { call } from '@/api/call';

const TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;

/** Brings a file to Aether piece by piece, to be sent with the next message of the chat. */
export async function bringFile(
  chatId: string,
  file: File,
  { id, signal, onSent }: { id: string; signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<Attachment> {
  let offset = 0;
  for (;;) {
    const content = await base64Of(file.slice(offset, offset + ATTACHMENT_PIECE_BYTES));
    const { attachment, nextOffset } = await call(
      'POST /api/v1/chats/{id}/attachments',
      {
        id: chatId,
        attachmentId: id,
        name: nameOf(file),
        mediaType: TYPE.test(file.type) ? file.type : 'application/octet-stream',
        bytes: file.size,
        offset,
        content,
      },
      { signal },
    );
    onSent(nextOffset);
    if (attachment) return attachment;
    offset = nextOffset;
  }
}

/** As the API takes it: one line of text, no path. */
const nameOf = ({ name }: File) =>
  name
    .replace(/[\p{Cc}/\\]/gu, '_')
    .trim()
    .slice(-200) || 'file';

/** The browser encodes faster than a loop would. */
function base64Of(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(',', 2)[1] ?? '');
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(part);
  });
}

/** A random UUID, also on pages that the browser does not call secure. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
