import type { Clock } from '../core/clock.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { FolderPrint } from '../core/ports/scan-memory.ts';
import type { ScanChange } from '../index/compare-folder.ts';
import { ScanPass } from './scan-pass.ts';
import { ScanThread } from './scan-thread.ts';
import { ScanWords } from './scan-words.ts';
import type { ScanEnd, ScanReply } from './workers/scan-messages.ts';

export interface ShareScanOptions {
  /** The peer's database file. */
  readonly database: string;
  readonly exclude: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Least seconds from the beginning of one whole pass to that of the next. */
  readonly scanSeconds: number;
  /** Draws 32 hex digits. */
  readonly drawMarker: () => string;
  /** The share as the database has it now. */
  readonly share: () => ShareRecord;
  /** Takes a batch of differences in. */
  readonly apply: (changes: readonly ScanChange[]) => Promise<void>;
  readonly keep: (prints: readonly FolderPrint[]) => void;
  /** A pass has reached its end, and all its batches are in. */
  readonly ended: (end: PassEnd) => Promise<void>;
  /** The folder cannot be looked at any more. */
  readonly lost: () => void;
}

export type PassEnd = ScanEnd & {
  /** Milliseconds since 1970. */
  readonly began: number;
  /** False: only some folders were looked at. */
  readonly whole: boolean;
};

/** The passes over one share, on a thread of its own: a share that hangs or breaks it stops no other. */
export class ShareScan {
  readonly #options: ShareScanOptions;
  readonly #thread: ScanThread;
  readonly #folders = new Set<string>();
  readonly #said: ScanWords;
  #pass: ScanPass | undefined;
  /** Waits for a whole pass that begins after it was asked for. */
  #next: PromiseWithResolvers<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #lookAfter = Number.NEGATIVE_INFINITY;
  #stopped = false;
  /** A whole pass is to follow the one that is under way, which may have passed what changed. */
  #isDueSoon = false;
  #links = 0;
  #passes = 0;
  /** Milliseconds, of the last whole pass. */
  #took = 0;

  constructor(options: ShareScanOptions) {
    this.#options = options;
    const { database, exclude, clock, share } = options;
    this.#said = new ScanWords(options);
    this.#thread = new ScanThread({
      setup() {
        const { id, name, path } = share();
        return { database, exclude, share: { id, name, path } };
      },
      clock,
      reply: (reply) => this.#take(reply),
      broke: (error, again) => this.#broke(error, again),
    });
  }

  /** Why the folder cannot be looked at, or undefined. */
  get problem(): string | undefined {
    return this.#said.problem;
  }

  get links(): number {
    return this.#links;
  }

  get warnings(): readonly string[] {
    return this.#said.warnings;
  }

  /** True once a whole pass has come to its end. */
  get seen(): boolean {
    return this.#passes > 0;
  }

  /** Resolves when a whole pass that began after this call has ended, whatever came of it; a folder that hangs is not waited for. */
  pass(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (!this.#pass) return this.#begin();
    this.#next ??= Promise.withResolvers<void>();
    return this.#pass.hangs ? Promise.resolve() : this.#next.promise;
  }

  /** As soon as passes may follow each other. */
  passSoon(): void {
    if (this.#stopped) return;
    this.#isDueSoon = this.#pass !== undefined;
    if (this.#isDueSoon) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(LENGTHS_BETWEEN * this.#took, () => void this.pass());
  }

  /** Something may have changed in these folders: they are looked at soon, and what is new in them. */
  look(folders: Iterable<string>): void {
    for (const folder of folders) this.#folders.add(folder);
    if (this.#folders.size > MAX_FOLDERS) {
      this.#folders.clear();
      void this.pass();
    } else this.#lookSoon();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelLook?.();
    this.#pass?.end();
    this.#next?.resolve();
    await this.#pass?.idle;
    await this.#thread.stop();
  }

  #lookSoon(): void {
    if (this.#pass || this.#cancelLook || this.#folders.size === 0 || this.#stopped) return;
    const { clock } = this.#options;
    const wait = Math.max(JOIN_MS, this.#lookAfter - clock.monotonic());
    this.#cancelLook = clock.after(wait, () => {
      this.#cancelLook = undefined;
      if (this.#pass || this.#stopped) return;
      const only = [...this.#folders];
      this.#folders.clear();
      void this.#begin(only);
    });
  }

  #begin(only?: readonly string[]): Promise<void> {
    const { clock, share, drawMarker } = this.#options;
    if (!only) {
      this.#cancelTimer?.();
      this.#isDueSoon = false;
      this.#folders.clear();
    }
    const pass = new ScanPass({
      clock,
      whole: !only,
      progress: () => this.#thread.progress,
      onHang: () => this.#hangs(),
    });
    this.#pass = pass;
    this.#thread.begin({ root: share().root, marker: drawMarker(), only });
    return pass.done;
  }

  #take(reply: ScanReply): void {
    const pass = this.#pass;
    if (!pass || this.#stopped) return;
    if (reply.reply === 'batch') {
      void pass
        .batch(async () => {
          if (this.#stopped) return;
          if (reply.changes.length > 0) await this.#options.apply(reply.changes);
          if (reply.prints.length > 0) this.#options.keep(reply.prints);
        })
        .finally(() => this.#thread.tookIn());
      return;
    }
    void pass
      .afterBatches(() => this.#finish(pass, reply))
      .catch((error: unknown) => this.#say(String(error)))
      .then(() => this.#end(pass));
  }

  async #finish(pass: ScanPass, reply: Exclude<ScanReply, { reply: 'batch' }>): Promise<void> {
    if (this.#stopped) return;
    if (reply.reply !== 'end') return this.#say(reply.message);
    if (pass.failure !== undefined)
      return this.#say(`cannot take in what lies in ${this.#options.share().path}: ${pass.failure}`);
    if (pass.whole) {
      this.#links = reply.links;
      this.#said.setWarnings(reply.warnings);
      this.#passes += 1;
      this.#say(undefined);
    }
    await this.#options.ended({ ...reply, began: pass.began, whole: pass.whole });
  }

  #end(pass: ScanPass): void {
    if (this.#pass !== pass || this.#stopped) return;
    this.#pass = undefined;
    this.#thread.rest();
    pass.end();
    const { clock, scanSeconds } = this.#options;
    const { took } = pass;
    if (pass.whole) this.#took = took;
    else this.#lookAfter = clock.monotonic() + LENGTHS_BETWEEN_LOOKS * took;
    if (pass.whole && !this.#next) {
      const wait = Math.max(scanSeconds * 1000, LENGTHS_BETWEEN * took) - took;
      this.#cancelTimer = clock.after(wait, () => void this.pass());
    }
    if (this.#next) {
      const { resolve } = this.#next;
      this.#next = undefined;
      void this.#begin().then(resolve);
    } else {
      if (this.#isDueSoon) this.passSoon();
      this.#lookSoon();
    }
  }

  #broke(error: unknown, again: boolean): void {
    if (this.#stopped) return;
    if (again) this.#next ??= Promise.withResolvers<void>();
    else {
      const why = error instanceof Error ? error.message : String(error);
      this.#say(`scanning ${this.#options.share().path} failed: ${why}`);
    }
    if (this.#pass) this.#end(this.#pass);
  }

  /** A folder that does not answer for a while is said to be unavailable; its thread is left to wait. */
  #hangs(): void {
    this.#say(`${this.#options.share().path} does not answer`);
    this.#next?.resolve();
  }

  #say(problem: string | undefined): void {
    if (!this.#stopped) this.#said.setProblem(problem);
  }
}

const LENGTHS_BETWEEN = 10;
const LENGTHS_BETWEEN_LOOKS = 4;
/** What changes together is looked at together. */
const JOIN_MS = 50;
/** More than these are as quickly looked at in a whole pass. */
const MAX_FOLDERS = 1000;
