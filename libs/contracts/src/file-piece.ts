import { z } from 'zod';

/** What a file is said to be, as `type/subtype`. */
export const MediaType = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*(?:; ?charset=[a-z0-9-]+)?$/, 'must be like text/plain');

/**
 * Part of a file, from the offset that was asked for on. A route with `file` answers all pieces as one body; its
 * contract takes the `offset` that only the edge fills in.
 */
export const FilePiece = z.object({
  name: z.string().describe('A path; a client is told its last part.'),
  mediaType: z.string(),
  bytes: z.number().int().describe('Of the whole file.'),
  sha256: z.string().describe('Of the whole file, in hexadecimal digits.'),
  content: z.base64(),
  nextOffset: z.number().int().nullable().describe('Where the next piece begins; null behind the last one.'),
});
export type FilePiece = z.infer<typeof FilePiece>;
