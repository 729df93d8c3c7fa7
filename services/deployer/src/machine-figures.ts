import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { OutputOf } from '@aether/contracts/contract';
import type { MachineSample, machineRequests } from '@aether/contracts/machine';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { currentLoad, mem, networkStats } from 'systeminformation';
import type { DeployerConfig } from './config.js';
import { CLOCK, CONFIG, LOGGER } from './tokens.js';

type Contract = typeof machineRequests.getMachineFigures;

const SAMPLE_EVERY_MS = 10_000;
/** Five minutes, as far as the console's charts reach. */
const SAMPLES_MAX = 31;
/** What the machine says to itself, and what containers send passes an interface of the machine as well. */
const INTERNAL = /^(lo|docker|veth|br-)/;

/** Samples what the machine uses, so that who looks sees how it came to be as it is. */
@Injectable()
export class MachineFigures implements OnApplicationBootstrap, OnModuleDestroy {
  private samples: readonly MachineSample[] = [];
  private readonly sampling: Periodic;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: DeployerConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.sampling = new Periodic({
      everyMs: SAMPLE_EVERY_MS,
      work: () => this.take(),
      reportFault: (err) => logger.warn({ err }, 'the machine was not measured'),
    });
  }

  onApplicationBootstrap(): void {
    this.sampling.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sampling.stop();
  }

  async execute(context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:read');
    if (this.samples.length === 0) await this.take();
    const { blocks, bsize } = await statfs(this.config.DATA_DIR);
    return {
      host: hostname(),
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      diskBytes: blocks * bsize,
      samples: [...this.samples],
    };
  }

  private async take(): Promise<void> {
    const [load, memory, disk, network] = await Promise.all([
      currentLoad(),
      mem(),
      statfs(this.config.DATA_DIR),
      networkStats('*'),
    ]);
    const outside = network.filter(({ iface }) => !INTERNAL.test(iface));
    const sum = (rate: 'rx_sec' | 'tx_sec') =>
      outside.reduce((total, each) => total + Math.max(0, each[rate] ?? 0), 0);
    const sample: MachineSample = {
      at: this.clock.now().toISOString(),
      cpuPercent: load.currentLoad,
      memoryUsedBytes: memory.total - memory.available,
      diskUsedBytes: (disk.blocks - disk.bfree) * disk.bsize,
      receivedBytesPerS: sum('rx_sec'),
      sentBytesPerS: sum('tx_sec'),
    };
    this.samples = [...this.samples, sample].slice(-SAMPLES_MAX);
  }
}
