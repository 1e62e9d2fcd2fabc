import path from 'node:path';
import type { EventOf, GetReporter } from './follow.ts';

export type Progress = EventOf<'progress'>;

/** A whole `get` at one moment. */
export interface Total {
  /** Files that ended well, and all that are wanted. */
  readonly done: number;
  readonly files: number;
  /** Bytes that are here, and all that are wanted. */
  readonly bytes: number;
  readonly size: number;
  /** Bytes a second that came from others lately. */
  readonly rate: number;
  /** Seconds until all is here at this rate; infinite while nothing comes. */
  readonly left: number;
  /** A file that is on its way: its name, or what was asked for before there is one, and how many give it. */
  readonly name: string;
  readonly sources: number;
  /** Why nothing moves, when nothing does. */
  readonly reason: string | undefined;
}

/** What came lately is what came within this time. */
const WINDOW_MS = 4000;
const SAMPLE_MS = 250;

interface Running {
  /** Bytes when it was first told of. */
  readonly first: number;
  readonly last: Progress;
}

interface Sample {
  readonly at: number;
  readonly came: number;
}

/** Adds up the events of a `get`. `now`: milliseconds of any clock that does not step. */
export class Tally {
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();
  #jobs = { files: 0, size: 0 };
  #done = { files: 0, failed: 0, bytes: 0, came: 0 };
  #samples: Sample[];
  #what = '';

  constructor(now: () => number) {
    this.#now = now;
    this.#samples = [{ at: now(), came: 0 }];
  }

  take(event: Parameters<GetReporter['event']>[0]): void {
    if (event.event === 'job') {
      this.#what = event.what;
      this.#jobs = {
        files: this.#jobs.files + (event.files ?? 0),
        size: this.#jobs.size + (event.bytes ?? 0),
      };
    } else if (event.event === 'progress') {
      const key = keyOf(event);
      this.#running.set(key, { first: this.#running.get(key)?.first ?? event.bytes, last: event });
    } else if (event.event === 'done') {
      this.#running.delete(keyOf(event));
      this.#done.files += 1;
      this.#done.bytes += event.size ?? event.bytes;
      this.#done.came += event.bytes;
    } else if (event.event === 'together') {
      this.#done.files += event.files;
      this.#done.bytes += event.size;
      this.#done.came += event.bytes;
    } else if (event.event === 'failed' && event.job !== undefined) {
      this.#running.delete(keyOf({ job: event.job, path: event.path }));
      this.#done.failed += 1;
    } else if (event.event === 'state') {
      for (const [key, { last }] of this.#running) if (last.job === event.job) this.#running.delete(key);
    }
    this.#sample();
  }

  total(): Total {
    const running = [...this.#running.values()];
    const bytes = this.#done.bytes + sum(this.#single(), ({ last }) => last.bytes);
    const known = this.#done.bytes + sum(this.#single(), ({ last }) => last.size);
    const size = Math.max(this.#jobs.size, known);
    const rate = this.#rate(
      running.length === 1 && this.#jobs.files <= 1 ? running[0]!.last.rate : undefined,
    );
    const silent =
      running.length > 0 && running.every(({ last }) => last.reason !== undefined && last.rate === 0);
    return {
      done: this.#done.files,
      files: Math.max(this.#jobs.files, this.#done.files + this.#done.failed + running.length),
      bytes,
      size,
      rate,
      left: rate > 0 ? Math.max(0, size - bytes) / rate : Number.POSITIVE_INFINITY,
      name: running[0] ? path.basename(running[0].last.path) : this.#what,
      sources: running[0]?.last.sources ?? 0,
      reason: silent ? running[0]!.last.reason : undefined,
    };
  }

  /** Of one file the daemon knows the rate better. */
  #rate(told: number | undefined): number {
    if (told !== undefined) return told;
    this.#sample();
    const [oldest] = this.#samples;
    const now = this.#now();
    const seconds = (now - oldest!.at) / 1000;
    return seconds > 0 ? Math.max(0, this.#came() - oldest!.came) / seconds : 0;
  }

  #came(): number {
    return this.#done.came + sum(this.#single(), ({ first, last }) => last.bytes - first);
  }

  /** Single files that are on their way: what a whole job has, its files that are done have told. */
  #single(): readonly Running[] {
    return [...this.#running.values()].filter(({ last }) => last.whole !== true);
  }

  #sample(): void {
    const at = this.#now();
    if (at - this.#samples.at(-1)!.at < SAMPLE_MS) return;
    this.#samples.push({ at, came: this.#came() });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - WINDOW_MS) this.#samples.shift();
  }
}

const keyOf = ({ job, path }: { readonly job: string; readonly path: string }): string => `${job} ${path}`;

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
