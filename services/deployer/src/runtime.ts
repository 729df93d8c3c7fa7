import type { DeploymentMetrics, Runtime, RuntimeSettings } from '@aether/contracts/deployer';
import type { Model } from '@aether/contracts/models';

/** What an agent is made from, whatever it runs in. */
export interface AgentSpec {
  readonly id: string;
  readonly name: string;
  readonly port: number;
  readonly settings: RuntimeSettings;
  /** Servers of tools, by name, as this machine reaches them. */
  readonly toolServers: Readonly<Record<string, string>>;
  readonly model: { readonly baseUrl: string; readonly id: string; readonly offered: readonly Model[] };
  /** AGENTS.md and the like, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface AgentSecrets {
  /** Opens the agent's gateway. */
  readonly gatewayToken: string;
  /** Opens the model endpoint, for this deployment only. */
  readonly modelKey: string;
}

export interface AgentStatus {
  readonly running: boolean;
  /** How it ended, in a sentence; null while running or when nothing is known. */
  readonly exit: string | null;
  /** What it ran in was removed by somebody else: it is not started again unasked. */
  readonly lost?: boolean;
}

export interface ListedAgent {
  readonly id: string;
  readonly running: boolean;
  /** Whether `discard` would end or remove something. */
  readonly discardable: boolean;
}

export type Figures = Omit<DeploymentMetrics, 'at'>;

/** A long step tells how far it is, and gives up when `signal` says so. */
export interface Progress {
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/**
 * Where agents run: processes of this machine, or containers. Every method may be called
 * again after a crash in its middle, and then finishes what the first call began. Failures are `StepError`s.
 */
export interface AgentRuntime {
  readonly name: Runtime;
  /** Checks what must be there before anything is made: the program or room for it. */
  preflight(settings: RuntimeSettings, progress: Progress): Promise<string>;
  /** Memory left for new agents. */
  availableMemoryMb(): Promise<number>;
  /** A port that is free now: `preferred` if it can be had, never one of `taken`. */
  choosePort(options: { preferred: number | null; taken: readonly number[] }): Promise<number>;
  /** The gateway's token: made at the first call, and the same ever after. */
  gatewayToken(id: string): Promise<string>;
  /** Writes configuration, secrets and the agent's files; answers the gateway's address. */
  prepare(spec: AgentSpec, secrets: AgentSecrets): Promise<{ url: string }>;
  /** Makes the program present: installs the package or pulls the image, which it names exactly. */
  create(
    agent: { id: string; settings: RuntimeSettings },
    progress: Progress,
  ): Promise<{ told: string; image: string | null }>;
  /** Starts what is not running, and returns when the gateway takes connections. */
  start(agent: { id: string; image: string | null }, progress: Progress): Promise<string>;
  /** Lets running turns end for up to `drainMs`, then kills. Returns when no process of it is left. */
  stop(id: string, drainMs: number): Promise<void>;
  /** Copies the state of an agent that stands still, in the place of an older copy; also tells how. */
  snapshot(id: string, progress: Progress): Promise<string>;
  /** Puts the copy back. */
  restore(id: string, progress: Progress): Promise<string>;
  /** What a running agent uses; null where it does not run. */
  figures(id: string): Promise<Figures | null>;
  /** Ends an agent that no deployment knows, with all that can be made again; its files stay. */
  discard(id: string): Promise<void>;
  /** Removes everything `prepare` and `create` made for this agent alone. */
  remove(id: string): Promise<void>;
  status(id: string): Promise<AgentStatus>;
  /** Lets a device in that waits for approval at the agent's gateway. */
  approveDevice(id: string, requestId: string): Promise<void>;
  /** Every agent this runtime has something of, also those no row knows. */
  list(): Promise<ListedAgent[]>;
  /**
   * Complete lines of the agent's output behind `position` (empty: from the beginning), a bounded number of
   * them, and the position behind them. With `final` an unfinished last line counts as complete.
   */
  readOutput(
    id: string,
    position: string,
    options: { final: boolean },
  ): Promise<{ lines: string[]; position: string }>;
  /** Frees the room of output that was read up to `position`, if it is worth it; answers the new position. */
  compactOutput(id: string, position: string): Promise<string>;
  /** Values that must never appear in a log. */
  secretValues(id: string): Promise<string[]>;
}
