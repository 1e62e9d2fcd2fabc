import type { EventQueue } from './event-queue.ts';
import type { Host, KernelFrame } from './host.ts';

/** A leaf on its way into the kernel's buffer, frame by frame. */
export interface LeafJob {
  readonly bytes: number;
  /** Asked before each frame; what is not wanted any more is left out. */
  readonly wanted: () => boolean;
  /** These bytes of it have arrived. */
  readonly arrive: (start: number, end: number) => void;
  /** The kernel has taken so many bytes of it, and no more will come. */
  readonly out: (sent: number) => void;
}

export interface PipeOptions {
  readonly from: Host;
  readonly to: Host;
  /** One way, in milliseconds. */
  readonly latency: number;
  /** What the sender's kernel takes ahead of the wire. */
  readonly kernelBytes: number;
  /** Largest data frame. */
  readonly frameBytes: number;
}

/** One direction of a connection. Small frames wait for what the kernel has taken and for no other data. */
export class Pipe {
  readonly #events: EventQueue;
  readonly #options: PipeOptions;
  readonly #jobs: { job: LeafJob; taken: number }[] = [];
  readonly #kernel: KernelFrame[] = [];
  #inKernel = 0;
  #lastArrival = 0;
  #lastSmall: { at: number; arrive: (() => void)[] } | undefined;
  /** The host knows that there is something to send. */
  #isInTurns = false;
  #isOpen = true;

  constructor(events: EventQueue, options: PipeOptions) {
    this.#events = events;
    this.#options = options;
  }

  /** Nothing goes in any more, and nothing comes out. */
  close(): void {
    this.#isOpen = false;
    this.#jobs.length = 0;
    this.#kernel.length = 0;
    this.#inKernel = 0;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  leaf(job: LeafJob): void {
    if (!this.#isOpen) return;
    this.#jobs.push({ job, taken: 0 });
    this.#fill();
  }

  small(bytes: number, arrive: () => void): void {
    if (!this.#isOpen) return;
    const { from, latency } = this.#options;
    const last = this.#kernel.at(-1);
    const leaves = from.small(bytes);
    if (last) {
      last.after.push(arrive);
      return;
    }
    const at = Math.max(this.#lastArrival, leaves + latency);
    if (this.#lastSmall?.at === at) {
      this.#lastSmall.arrive.push(arrive);
      return;
    }
    const small = { at, arrive: [arrive] };
    this.#lastSmall = small;
    this.#lastArrival = at;
    this.#events.at(at, () => {
      if (this.#lastSmall === small) this.#lastSmall = undefined;
      for (const one of small.arrive) if (this.#isOpen) one();
    });
  }

  /** For the host: what is first in the kernel's buffer. */
  head(): KernelFrame | undefined {
    return this.#kernel[0];
  }

  /** For the host: that frame has left. True when there is another. */
  headIsOut(frame: KernelFrame): boolean {
    if (!this.#isOpen) return false;
    const { from, to, latency } = this.#options;
    this.#kernel.shift();
    this.#inKernel -= frame.bytes;
    const at = to.receive(frame.bytes, from.rates.up, latency);
    this.#lastArrival = Math.max(this.#lastArrival, at);
    this.#events.at(this.#lastArrival, () => {
      if (this.#isOpen) frame.arrive();
      for (const one of frame.after) if (this.#isOpen) one();
    });
    this.#take();
    this.#isInTurns = this.#kernel.length > 0;
    return this.#isInTurns;
  }

  #fill(): void {
    this.#take();
    if (this.#isInTurns || this.#kernel.length === 0) return;
    this.#isInTurns = true;
    this.#options.from.ready(this);
  }

  #take(): void {
    const { kernelBytes, frameBytes } = this.#options;
    while (this.#isOpen && this.#jobs.length > 0) {
      const first = this.#jobs[0]!;
      const { job } = first;
      if (!job.wanted()) {
        this.#jobs.shift();
        job.out(first.taken);
        continue;
      }
      const bytes = Math.min(frameBytes, job.bytes - first.taken);
      if (this.#inKernel > 0 && this.#inKernel + bytes > kernelBytes) return;
      const start = first.taken;
      const end = start + bytes;
      first.taken = end;
      this.#inKernel += bytes;
      this.#kernel.push({ bytes, arrive: () => job.arrive(start, end), after: [] });
      if (end < job.bytes) continue;
      this.#jobs.shift();
      job.out(job.bytes);
    }
  }
}
