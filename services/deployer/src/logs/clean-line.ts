import type { LogLine } from '@aether/contracts/deployer';
import { stripVTControlCharacters } from 'node:util';

export const LINE_BYTES_MAX = 8_192;

/** Lines of an OpenClaw gateway that tell a reader nothing: kept, and shown on request. */
const NOISE: readonly RegExp[] = [
  /^\s*$/,
  /^\[ws\] ⇄ res ✓/,
  /^\[heartbeat\] disabled/,
  /^\[gmail-watcher\]/,
  /^\[secrets\] \[SECRETS_GATEWAY_AUTH_SURFACE\]/,
  /^\[gateway\] (?:shutdown budget|startup outcomes|spawn broker ready|log file)\b/,
  /^\[gateway\/channels\] skipping channel start/,
  /^\[agents\/subagent-registry\] subagent run sweep skipped/,
  // It takes our own stops and starts for those of a second supervisor.
  /^\[lifecycle\] stopped after SIGTERM/,
];

/** Shapes of secrets that were never told to us, such as a key that an agent prints. */
const SECRET_SHAPES: readonly RegExp[] = [
  /\b(sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/=-]{16,}/gi,
];

export function isNoise(text: string): boolean {
  return NOISE.some((pattern) => pattern.test(text));
}

/** One line of output as text that is safe to show: no control sequences, no secrets, 8 kB at most. */
export function cleanLine(line: string, secrets: readonly string[] = []): string {
  // A carriage return draws over what stood before it: only the last drawing is meant to be read.
  const drawn = stripVTControlCharacters(line).replace(/\r+$/, '').split('\r').at(-1) ?? '';
  const visible = drawn.replace(
    /[^\P{Cc}\t]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return cut(mask(visible, secrets));
}

/** The time with which a gateway begins its lines, apart from the rest. */
export function splitTime(text: string): { at: Date | null; text: string } {
  const [, time, rest] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (.*)$/s.exec(text) ?? [];
  const at = new Date(time ?? NaN);
  return rest === undefined || Number.isNaN(at.getTime()) ? { at: null, text } : { at, text: rest };
}

export function guessLevel(text: string): LogLine['level'] {
  if (/\b(error|fatal|panic|exception|EACCES|ENOSPC|ENOMEM)\b/i.test(text)) return 'error';
  if (/\bwarn(ing)?\b/i.test(text)) return 'warn';
  return 'info';
}

export function mask(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce(
    (masked, secret) => (secret ? masked.replaceAll(secret, '[secret]') : masked),
    text,
  );
  return SECRET_SHAPES.reduce((masked, shape) => masked.replace(shape, '[secret]'), known);
}

function cut(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LINE_BYTES_MAX) return text;
  const note = ` [cut: the line had ${bytes} bytes]`;
  const kept = Buffer.from(text).subarray(0, LINE_BYTES_MAX - note.length);
  return `${new TextDecoder('utf-8').decode(kept).replace(/\uFFFD$/, '')}${note}`;
}
