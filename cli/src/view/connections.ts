import type { Connection, ProbeReport } from '@aether/contracts/openclaw';
import type { Terminal } from '../terminal.js';
import { plainText } from './plain-text.js';
import { printTable } from './table.js';

export function printConnections(terminal: Terminal, connections: readonly Connection[]): void {
  if (connections.length === 0) return terminal.line('Aether is connected to no gateway yet.');
  printTable(
    terminal,
    ['CONNECTION', 'KIND', 'STATE', 'ADDRESS', 'VERSION', 'WHY'],
    connections.map(({ name, kind, state, url, gatewayVersion, reason }) => [
      plainText(name),
      kind,
      state,
      plainText(url),
      gatewayVersion ?? '–',
      reason?.code ?? '–',
    ]),
  );
}

/** One connection with all that is known of it: why it is down, what to do, and what does not work. */
export function printConnection(
  terminal: Terminal,
  { connection, probes }: { connection: Connection; probes: readonly ProbeReport[] },
): void {
  printConnections(terminal, [connection]);
  const { gatewayVersion, protocol, scopes, missing, pairing, gaps } = connection;
  const version = gatewayVersion === null ? 'not known yet' : `OpenClaw ${plainText(gatewayVersion)}`;
  terminal.line(`Gateway   ${version}, protocol ${protocol ?? 'not known yet'}`);
  terminal.line(`Rights    ${plainText(scopes.join(', ')) || 'none'}`);
  terminal.line(`Gaps      ${gaps} filled from history`);
  printReason(terminal, connection);
  if (pairing) terminal.line(`On the gateway’s machine, run:  ${plainText(pairing.command)}`);
  for (const { method, effect } of missing)
    terminal.line(`It lacks ${plainText(method)}: ${plainText(effect)}.`);
  const [latest] = probes;
  if (latest) printReport(terminal, latest);
}

export function printReport(terminal: Terminal, report: ProbeReport): void {
  printTable(
    terminal,
    ['CHECK', 'RESULT', 'DETAIL'],
    report.checks.map(({ name, ok, detail }) => [name, ok ? 'good' : 'bad', plainText(detail ?? '–')]),
  );
  printReason(terminal, report);
}

export function printReason(terminal: Terminal, { reason }: Pick<Connection, 'reason'>): void {
  if (reason) terminal.line(plainText(`${reason.cause} ${reason.remedy}`));
}
