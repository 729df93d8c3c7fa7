import type Docker from 'dockerode';
import type { Figures } from '../runtime.js';
import { AGENT_DIRECTORY } from './container-spec.js';
import { runInside } from './run-inside.js';

/** What a running container uses; the engine takes a second to measure it. */
export async function figuresOf(docker: Docker, container: Docker.Container): Promise<Figures> {
  const [stats, disk] = await Promise.all([
    container.stats({ stream: false }),
    runInside(docker, container, ['du', '-sk', AGENT_DIRECTORY]),
  ]);
  const { cpu_stats: now, precpu_stats: before, memory_stats: memory } = stats;
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = now.system_cpu_usage - before.system_cpu_usage;
  const networks = Object.values(stats.networks ?? {});
  const sum = (key: 'rx_bytes' | 'tx_bytes') => networks.reduce((total, each) => total + each[key], 0);
  const kilobytes = Number(disk.output.split('\t')[0]);
  // Files it has read stay cached while there is room: they are not what it needs.
  const cached = memory.stats.inactive_file ?? memory.stats.total_inactive_file ?? 0;
  return {
    cpuPercent: passed > 0 ? Math.round((used / passed) * now.online_cpus * 1_000) / 10 : 0,
    memoryBytes: Math.max(0, memory.usage - cached),
    memoryLimitBytes: memory.limit,
    receivedBytes: sum('rx_bytes'),
    sentBytes: sum('tx_bytes'),
    diskBytes: disk.output !== '' && Number.isFinite(kilobytes) ? kilobytes * 1_024 : null,
    processes: stats.pids_stats?.current ?? null,
  };
}
