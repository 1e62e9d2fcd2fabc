import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { SourceLink } from '../../core/ports/source.ts';
import type { ItemParts } from '../fetch-item.ts';
import type { BatchItem } from './batch-in-hand.ts';
import type { BatchPlan } from './batch-plan.ts';
import { BatchSource, type BatchSourceEvents } from './batch-source.ts';

/** Connected at a time. */
const MOST_SOURCES = 16;
/** Who could not be reached is tried again after so long, doubled up to the last one. */
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const SILENT = new PeerdexError('unavailable', 'it sends nothing', { retry: true });
const SLOW = new PeerdexError('unavailable', 'it is far slower than others', { retry: true });

/** How it stands with a peer that may hold something: it cannot be asked for batches at all; or cannot now, since when and why. */
export type Standing =
  | 'new'
  | 'connecting'
  | 'ready'
  | 'unable'
  | { readonly since: number; readonly error: PeerdexError };

interface Known<Item extends BatchItem> {
  standing: Exclude<Standing, 'new'>;
  source: BatchSource<Item> | undefined;
  tries: number;
  retryAt: number;
}

export interface BatchSourcesOptions<Item extends BatchItem> {
  readonly parts: Pick<ItemParts, 'sources' | 'windows' | 'clock'>;
  readonly events: (peer: PeerId) => Omit<BatchSourceEvents<Item>, 'lost'>;
  readonly joined: (peer: PeerId) => void;
  /** What waits for them. */
  readonly plan: Pick<BatchPlan<Item>, 'isNeeded' | 'mayGive'>;
  /** Without an error it cannot be asked for batches, or another one has its place. */
  readonly left: (peer: PeerId, error?: PeerdexError) => void;
}

/** The peers that one job asks for batches: connects to those that are named, and again when they were lost. */
export class BatchSources<Item extends BatchItem> {
  readonly #options: BatchSourcesOptions<Item>;
  readonly #known = new Map<PeerId, Known<Item>>();
  readonly #stopping = new AbortController();

  constructor(options: BatchSourcesOptions<Item>) {
    this.#options = options;
  }

  get ready(): readonly PeerId[] {
    return [...this.#known].flatMap(([peer, { source }]) => (source ? [peer] : []));
  }

  standingOf(peer: PeerId): Standing {
    return this.#known.get(peer)?.standing ?? 'new';
  }

  /** These may hold something: connects to them, as many as there may be; with `isStuck` in place of such as have nothing to do. */
  want(peers: Iterable<PeerId>, isStuck = false): void {
    const { clock } = this.#options.parts;
    for (const peer of peers) {
      const known = this.#known.get(peer);
      if (known && (typeof known.standing !== 'object' || clock.monotonic() < known.retryAt)) continue;
      const isHere = ({ standing }: Known<Item>) => standing === 'ready' || standing === 'connecting';
      if ([...this.#known.values()].filter(isHere).length >= MOST_SOURCES) {
        if (!isStuck || !this.#freePlace()) return;
      }
      void this.#connect(peer, known);
    }
  }

  /** Lets everybody ask for what has come to be there. */
  ask(): void {
    for (const { source } of this.#known.values()) source?.ask();
  }

  /** Gives up those that owe something and are silent, or slow with what another one may give that has nothing to do. */
  giveUpLate(): void {
    for (const [peer, { source }] of this.#known) if (source?.isSilent) this.drop(peer, SILENT);
    const idle = [...this.#known].flatMap(([peer, { source }]) => (source?.isIdle ? [peer] : []));
    if (idle.length === 0) return;
    const { plan } = this.#options;
    for (const [peer, { source }] of this.#known) {
      const overdue = [...(source?.overdue() ?? [])];
      if (overdue.some((item) => idle.some((other) => plan.mayGive(other, item)))) this.drop(peer, SLOW);
    }
  }

  /** It is asked for nothing more, for a while. */
  drop(peer: PeerId, error: PeerdexError): void {
    const source = this.#known.get(peer)?.source;
    if (!source) return;
    source.stop();
    this.#lost(peer, error);
  }

  stop(): void {
    this.#stopping.abort();
    for (const { source } of this.#known.values()) source?.stop();
  }

  /** True when one that owes nothing and is not needed was let go. */
  #freePlace(): boolean {
    for (const [peer, { source }] of this.#known) {
      if (!source?.isIdle || this.#options.plan.isNeeded(peer)) continue;
      source.stop();
      this.#known.delete(peer);
      this.#options.left(peer);
      return true;
    }
    return false;
  }

  async #connect(peer: PeerId, before: Known<Item> | undefined): Promise<void> {
    const { sources, windows, clock } = this.#options.parts;
    const failing = typeof before?.standing === 'object' ? before.standing : undefined;
    const known: Known<Item> = {
      standing: 'connecting',
      source: undefined,
      tries: (before?.tries ?? 0) + 1,
      retryAt: 0,
    };
    this.#known.set(peer, known);
    const { signal } = this.#stopping;
    let link: SourceLink;
    try {
      link = await sources.connect(peer, signal, []);
      const isAble = (await link.takesBatches) === true;
      if (signal.aborted) return;
      if (!isAble) {
        known.standing = 'unable';
        return this.#options.left(peer);
      }
    } catch (error) {
      if (signal.aborted) return;
      return this.#lost(peer, asPeerdexError(error), failing?.since);
    }
    known.standing = 'ready';
    const events = this.#options.events(peer);
    known.source = new BatchSource(link, windows.of(link), clock, {
      ...events,
      heard: (bytes) => {
        known.tries = 0;
        events.heard(bytes);
      },
      lost: (error) => this.#lost(peer, error),
    });
    this.#options.joined(peer);
    known.source.ask();
  }

  #lost(peer: PeerId, error: PeerdexError, since = this.#options.parts.clock.monotonic()): void {
    const known = this.#known.get(peer)!;
    known.source = undefined;
    known.standing = { since, error };
    const wait = RETRY_MS[Math.min(known.tries, RETRY_MS.length) - 1] ?? RETRY_MS[0]!;
    known.retryAt = this.#options.parts.clock.monotonic() + wait;
    this.#options.left(peer, error);
  }
}
