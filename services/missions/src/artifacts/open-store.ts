import { join } from 'node:path';
import type { MissionsConfig } from '../config.js';
import type { ContentStore } from './content-store.js';
import { FileStore } from './file-store.js';
import { S3Store } from './s3-store.js';

/** The store that the settings name: a bucket where there is one, else a directory. */
export async function openStore(config: MissionsConfig): Promise<ContentStore> {
  const {
    ARTIFACTS_S3_BUCKET: bucket,
    ARTIFACTS_S3_ACCESS_KEY_ID: accessKeyId,
    ARTIFACTS_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = config;
  if (!bucket) return FileStore.open(join(config.DATA_DIR, 'artifacts'));
  return new S3Store({
    bucket,
    prefix: config.ARTIFACTS_S3_PREFIX,
    region: config.ARTIFACTS_S3_REGION,
    endpoint: config.ARTIFACTS_S3_ENDPOINT,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
  });
}
