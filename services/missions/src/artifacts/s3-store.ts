import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ContentRange, ContentStore, NewContent } from './content-store.js';

export interface S3Settings {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** Absent: Amazon's own. */
  readonly endpoint?: string;
  /** Absent: the environment and the machine's role are asked, as Amazon's tools do. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const ATTEMPTS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than a piece takes on a slow line, shorter than the caller waits. */
const REQUEST_TIMEOUT_MS = 25_000;

/** Content in a bucket of Amazon S3, or of anything that speaks as it does. */
export class S3Store implements ContentStore {
  private readonly client: S3Client;

  constructor(private readonly settings: S3Settings) {
    const { region, endpoint, credentials } = settings;
    this.client = new S3Client({
      region,
      ...(endpoint && { endpoint, forcePathStyle: true }),
      ...(credentials && { credentials }),
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      // Other servers than Amazon's do not know checksums in trailers; the digest below is sent in any case.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async has(sha256: string): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand(this.place(sha256)));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  async write({ sha256, bytes, pieces }: NewContent): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        ...this.place(sha256),
        Body: Readable.from(pieces, { objectMode: false }),
        ContentLength: bytes,
        ContentType: 'application/octet-stream',
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      }),
    );
  }

  async read({ sha256, offset, length }: ContentRange): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const { Body } = await this.client.send(
      new GetObjectCommand({ ...this.place(sha256), Range: `bytes=${offset}-${offset + length - 1}` }),
    );
    if (!Body) throw new Error(`the store answered nothing for ${sha256}`);
    return Buffer.from(await Body.transformToByteArray());
  }

  async remove(sha256: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.place(sha256)));
  }

  private place(sha256: string) {
    return { Bucket: this.settings.bucket, Key: `${this.settings.prefix}${sha256}` };
  }
}
