import { PeerdexError } from '../../core/errors.ts';
import type { ShareRecord } from '../../core/ports/local-file-store.ts';
import { HashPool } from '../../storage/disk/hash-pool.ts';
import { workerUrl } from '../worker-url.ts';
import { type VerifyCounts, VerifyRun, type VerifyRunOptions } from './verify-run.ts';

export type VerificationOptions = Omit<VerifyRunOptions, 'share' | 'hasher'>;

/** How far a share has come. */
export interface VerifyProgress extends VerifyCounts {
  readonly share: string;
  readonly state: 'running' | 'ended' | 'never';
  /** Files whose bytes have changed while they look as they did; those found before too. */
  readonly rotten: number;
  /** When the one under way began, and when the last one ended, milliseconds since 1970. */
  readonly began: number | undefined;
  readonly ended: number | undefined;
}

/** Hashes again what lies here and compares: one file at a time, slowly, one share after the other. Goes on after a restart. */
export class Verification {
  readonly #options: VerificationOptions;
  readonly #pool: HashPool;
  readonly #runs = new Map<number, VerifyRun>();
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: VerificationOptions) {
    this.#options = options;
    // A pool of its own: what is read slowly must not hold back what is new.
    this.#pool = new HashPool({ worker: workerUrl('hash-worker'), clock: options.clock, size: 1 });
  }

  /** Goes on with what a restart or a pause cut short. */
  goOn(): void {
    if (this.#stopped) return;
    for (const share of this.#options.stores.files.shares())
      if (!share.paused && this.#options.stores.verified.state(share.id).underWay) this.#run(share);
  }

  /** Verifies a share, or follows the one that is under way; without a name all. Throws `not-found`. */
  begin(name?: string): readonly VerifyRun[] {
    const shares = this.#options.stores.files
      .shares()
      .filter((share) => name === undefined || share.name === name);
    if (name !== undefined && shares.length === 0)
      throw new PeerdexError('not-found', `no share has the name ${name}`, {
        hint: '`peerdex status` lists them',
      });
    return shares.filter(({ paused }) => !paused).map((share) => this.#run(share));
  }

  progress(): readonly VerifyProgress[] {
    const { files, verified } = this.#options.stores;
    return files.shares().map((share) => {
      const run = this.#runs.get(share.id);
      const { underWay, ended } = verified.state(share.id);
      const { count } = verified.rotten(share.id);
      return {
        share: share.name,
        state: run ? 'running' : ended === undefined ? 'never' : 'ended',
        ...(run?.counts ?? NOTHING_DONE),
        rotten: count,
        began: underWay?.began,
        ended,
      };
    });
  }

  /** A share goes: nothing of it is written afterwards. */
  async drop(share: number): Promise<void> {
    const run = this.#runs.get(share);
    // Where it comes back, another run goes on with it.
    this.#runs.delete(share);
    await run?.stop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#pool.close(), ...[...this.#runs.values()].map((run) => run.stop())]);
  }

  #run(share: ShareRecord): VerifyRun {
    const known = this.#runs.get(share.id);
    if (known) return known;
    const run = new VerifyRun({ ...this.#options, hasher: this.#pool, share });
    this.#runs.set(share.id, run);
    this.#keepInMind(share);
    this.#turn = this.#turn.then(async () => {
      if (!this.#stopped) await run.start();
      if (this.#runs.get(share.id) === run) this.#runs.delete(share.id);
    });
    return run;
  }

  /** A restart may come before its turn. */
  #keepInMind({ id }: ShareRecord): void {
    const { clock, stores } = this.#options;
    const { underWay, ended } = stores.verified.state(id);
    if (!underWay) stores.verified.setState(id, { underWay: { after: 0, began: clock.now() }, ended });
  }
}

const NOTHING_DONE = { files: 0, bytes: 0, totalFiles: 0, totalBytes: 0 };
