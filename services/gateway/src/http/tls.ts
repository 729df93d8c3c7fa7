import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { Server, createSecureContext } from 'node:tls';
import type { Logger } from '@aether/runtime/logger';
import type { GatewayConfig } from '../config.js';

/** Polled, since a certificate that a cluster mounts is changed by moving a link, which no notice tells of. */
const LOOK_EVERY_MS = 2_000;

/** Where certificate and key are kept. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export function tlsFilesOf({ TLS_CERT_FILE, TLS_KEY_FILE }: GatewayConfig): TlsFiles | null {
  return TLS_CERT_FILE && TLS_KEY_FILE ? { cert: TLS_CERT_FILE, key: TLS_KEY_FILE } : null;
}

/** Certificate and key, which belong together. Throws where they do not, or are not there. */
export function readTls(files: TlsFiles): { cert: Buffer; key: Buffer; minVersion: 'TLSv1.2' } {
  const pair = {
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    minVersion: 'TLSv1.2' as const,
  };
  createSecureContext(pair);
  return pair;
}

/**
 * Takes a new certificate for connections to come as soon as its files are whole; those that stand go on with the
 * one they began with. Returns what ends it.
 */
export function followTls(server: HttpServer | Server, files: TlsFiles, logger: Logger): () => void {
  if (!(server instanceof Server)) throw new Error('the server does not speak TLS');
  const takeOver = () => {
    try {
      server.setSecureContext(readTls(files));
      logger.info('the TLS certificate was changed');
    } catch (error) {
      // Certificate and key are written one after the other; the second change finds both.
      logger.warn({ err: error }, 'the TLS files do not fit together: the certificate before stays in use');
    }
  };
  const watched = [files.cert, files.key];
  for (const file of watched) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, takeOver);
  return () => {
    for (const file of watched) unwatchFile(file, takeOver);
  };
}
