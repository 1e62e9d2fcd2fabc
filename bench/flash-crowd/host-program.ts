import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Crowd } from './crowd.ts';

/** A program on one host of a crowd. What it prints is looked at line by line. */
export class HostProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #gone: Promise<unknown>;

  constructor(crowd: Crowd, host: number, command: readonly string[]) {
    const [name, ...args] = [...crowd.within(host), ...command];
    this.#child = spawn(name!, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#gone = once(this.#child, 'close').catch(() => {});
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        this.#wake();
      });
    }
    this.#child.stdin!.on('error', () => {}); // it may be gone
    this.#child.once('close', () => this.#wake());
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Resolves when a line matches; rejects with the last lines when the program ends without one. */
  async said(pattern: RegExp): Promise<void> {
    while (!this.#lines.some((line) => pattern.test(line))) {
      if (!this.isRunning) throw new Error(`it ended: ${this.#lines.slice(-5).join(' | ')}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves when it ends well, rejects when not. */
  async ended(): Promise<void> {
    await this.#gone;
    if (this.#child.exitCode !== 0)
      throw new Error(
        `it ended with ${this.#child.exitCode ?? this.#child.signalCode}: ${this.#lines.slice(-5).join(' | ')}`,
      );
  }

  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
