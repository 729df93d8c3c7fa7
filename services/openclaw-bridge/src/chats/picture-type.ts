/** The pictures that every browser shows, by what is at the beginning of them, in latin1. */
const SIGNATURES: readonly {
  readonly type: string;
  readonly parts: readonly (readonly [number, string])[];
}[] = [
  { type: 'image/png', parts: [[0, '\x89PNG\r\n\x1a\n']] },
  { type: 'image/jpeg', parts: [[0, '\xff\xd8\xff']] },
  { type: 'image/gif', parts: [[0, 'GIF8']] },
  {
    type: 'image/webp',
    parts: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
];

/** What a file is told to be; a picture only where its content is one, whatever its sender says. */
export function typeOf(head: Buffer, claimed: string): { mediaType: string; isPicture: boolean } {
  const start = head.subarray(0, 16).toString('latin1');
  const found = SIGNATURES.find(({ parts }) => parts.every(([at, text]) => start.startsWith(text, at)));
  if (found) return { mediaType: found.type, isPicture: true };
  const isFalse = SIGNATURES.some(({ type }) => claimed.startsWith(type));
  return { mediaType: isFalse ? 'application/octet-stream' : claimed, isPicture: false };
}
