import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type ProcessStats, processStats } from './proc-stats.ts';
import { type RunOptions, spawnProgram } from './program.ts';

const READY_TIMEOUT_MS = 30_000;
/** It may take 10 s for what is on its way out, as long for the rest, and then writes its coverage. */
const END_TIMEOUT_MS = 40_000;

/** One `registry`, `up` or `start` in a process of its own, from its ready line to its end. */
export class Daemon<Ready> implements AsyncDisposable {
  readonly #args: readonly string[];
  readonly #options: RunOptions;
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #stderr = '';

  private constructor(args: readonly string[], options: RunOptions) {
    this.#args = args;
    this.#options = options;
  }

  /** Resolves at the ready line; rejects with all that the daemon said when it ends before or says nothing for 30 s. */
  static async start<Ready>(args: readonly string[], options: RunOptions = {}): Promise<Daemon<Ready>> {
    const daemon = new Daemon<Ready>([...args, '--json'], options);
    await daemon.#launch(daemon.#args);
    return daemon;
  }

  get ready(): Ready {
    return this.#ready!;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that it has said on standard error since the last start. */
  get stderr(): string {
    return this.#stderr;
  }

  get stats(): ProcessStats {
    return processStats(this.pid);
  }

  /** Sends the signal and resolves with the exit code when the process is gone; null when the signal ended it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#child!;
    if (this.isRunning) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child!.kill(signal);
  }

  /** Resolves with the exit code when the daemon ends by itself. */
  async ended(): Promise<number | null> {
    if (this.isRunning) await once(this.#child!, 'exit', { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    return this.#child!.exitCode;
  }

  /** Starts it again with the same arguments, or with these, after it has ended. */
  async restart(args: readonly string[] = this.#args): Promise<void> {
    await this.kill('SIGTERM');
    await this.#launch(args);
  }

  /** Throws with all that it said when it does not end, or says that something of it did not. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isRunning) return;
    // A stopped process takes no other signal.
    this.signal('SIGCONT');
    const timer = setTimeout(() => this.#child!.kill('SIGKILL'), END_TIMEOUT_MS);
    await this.kill('SIGTERM');
    clearTimeout(timer);
    if (this.#child!.signalCode === 'SIGKILL' || this.#stderr.includes('did not end in time'))
      throw new Error(`peerdex ${this.#args.join(' ')} did not end in order:\n${this.#stderr}`);
  }

  async #launch(args: readonly string[]): Promise<void> {
    const child = spawnProgram(args, this.#options);
    this.#child = child;
    this.#stderr = '';
    this.#ready = undefined;
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    const lines = createInterface({ input: child.stdout! });
    const { timeout = READY_TIMEOUT_MS } = this.#options;
    const timer = setTimeout(() => child.kill('SIGKILL'), Math.max(timeout, READY_TIMEOUT_MS));
    try {
      for await (const line of lines) {
        const event = JSON.parse(line) as { event?: string };
        if (event.event !== 'ready') continue;
        this.#ready = event as Ready;
        return;
      }
    } finally {
      clearTimeout(timer);
      // Whatever else it says has to go somewhere, else it stands still at a full pipe.
      child.stdout!.resume();
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    throw new Error(
      `peerdex ${args.join(' ')} ended (${child.exitCode ?? child.signalCode}) before it was ready:\n${this.#stderr}`,
    );
  }
}
