/** Where the bytes of artifacts are, by their SHA-256 in hexadecimal digits. Each digest is written once and never changed. */
export interface ContentStore {
  has(sha256: string): Promise<boolean>;
  /** The content is there as a whole afterwards, or not at all; written twice at once it is there once. */
  write(content: NewContent): Promise<void>;
  /** Fewer bytes than asked for where the content ends. */
  read(range: ContentRange): Promise<Buffer>;
  /** Does nothing where there is none. */
  remove(sha256: string): Promise<void>;
}

export interface NewContent {
  readonly sha256: string;
  readonly bytes: number;
  readonly pieces: AsyncIterable<Buffer>;
}

export interface ContentRange {
  readonly sha256: string;
  readonly offset: number;
  readonly length: number;
}
