import { processStats } from '../../test/harness/proc-stats.ts';

const EVERY_MS = 500;

export interface HostUsage {
  /** Processor seconds since the start, all processes together. */
  readonly cpuSeconds: number;
  /** Highest memory of one process, bytes. */
  readonly peakMemory: number;
}

/** Looks at processes from time to time, for those that end take their figures with them. */
export class UsageMeter implements Disposable {
  readonly #pids: readonly (() => readonly number[])[];
  readonly #seen = new Map<number, Seen>();
  readonly #timer: NodeJS.Timeout;

  /** `pids`: for each host, who runs there now. */
  constructor(pids: readonly (() => readonly number[])[]) {
    this.#pids = pids;
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), EVERY_MS);
  }

  /** What each host has used until now. */
  read(): HostUsage[] {
    this.#look(false);
    return this.#pids.map((_, host) => {
      const seen = [...this.#seen.values()].filter((one) => one.host === host);
      return {
        cpuSeconds: seen.reduce((sum, { last, base }) => sum + last - base, 0),
        peakMemory: Math.max(0, ...seen.map(({ peak }) => peak)),
      };
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** What a process had used before the start does not count. */
  #look(first: boolean): void {
    for (const [host, pids] of this.#pids.entries()) {
      for (const pid of pids()) {
        const now = statsOf(pid);
        if (!now) continue;
        const base = this.#seen.get(pid)?.base ?? (first ? now.cpuSeconds : 0);
        this.#seen.set(pid, { host, base, last: now.cpuSeconds, peak: now.peakMemory });
      }
    }
  }
}

interface Seen {
  readonly host: number;
  readonly base: number;
  readonly last: number;
  readonly peak: number;
}

function statsOf(pid: number) {
  try {
    return processStats(pid);
  } catch {
    return undefined; // ended
  }
}
