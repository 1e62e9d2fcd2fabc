import type { ThroughputPoint } from '../../protocol/http/dashboard/own-operations.ts';
import type { PeerRow } from '../../protocol/http/local/index-rows.ts';
import type { LiveEvent, LiveJob, PeerTraffic } from '../../protocol/http/local/live-event.ts';
import type { Status } from '../../protocol/http/local/status.ts';

/** What one client has not been told yet: the newest state of each thing, so that it stays small however slowly the client reads. */
export class LiveReader {
  readonly #jobs = new Changes<LiveJob>();
  readonly #peers = new Changes<PeerRow>();
  #status: Status | undefined;
  #index: number | undefined;
  #traffic: readonly PeerTraffic[] | undefined;
  #point: ThroughputPoint | undefined;
  #network = false;
  #wake = Promise.withResolvers<void>();

  /** All there is. */
  constructor(jobs: readonly LiveJob[], peers: readonly PeerRow[], status: Status) {
    this.#jobs.reset(jobs);
    this.#peers.reset(peers);
    this.#status = status;
  }

  /** A row that is undefined is gone. */
  job(id: string, row: LiveJob | undefined): void {
    this.#jobs.set(id, row);
  }

  peer(id: string, row: PeerRow | undefined): void {
    this.#peers.set(id, row);
  }

  status(status: Status): void {
    this.#status = status;
  }

  traffic(rows: readonly PeerTraffic[]): void {
    this.#traffic = rows;
  }

  index(entries: number): void {
    this.#index = entries;
  }

  /** One that is passed over is missed by the client, which sees it by the time of the next one. */
  throughput(point: ThroughputPoint): void {
    this.#point = point;
  }

  network(): void {
    this.#network = true;
  }

  get hasNews(): boolean {
    const values = [this.#status, this.#index, this.#traffic, this.#point];
    return (
      this.#network ||
      this.#jobs.size > 0 ||
      this.#peers.size > 0 ||
      values.some((value) => value !== undefined)
    );
  }

  /** Lets `next` go on when there is something to tell. */
  wake(): void {
    if (this.hasNews) this.#wake.resolve();
  }

  /** Resolves after the next `wake` that has something to tell, or after `ms`. */
  async next(signal: AbortSignal, ms: number): Promise<void> {
    this.#wake = Promise.withResolvers();
    const { promise, resolve } = this.#wake;
    const timer = setTimeout(resolve, ms);
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await promise;
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }

  /** What there is to tell, once. What comes while the client takes it is told next time. */
  *take(): Generator<LiveEvent> {
    const status = this.#status;
    this.#status = undefined;
    if (status) yield { event: 'status', status };
    for (const page of this.#jobs.take()) yield { event: 'jobs', ...page };
    for (const page of this.#peers.take()) yield { event: 'peers', ...page };
    const traffic = this.#traffic;
    this.#traffic = undefined;
    if (traffic) yield { event: 'traffic', rows: [...traffic] };
    const index = this.#index;
    this.#index = undefined;
    if (index !== undefined) yield { event: 'index', entries: index };
    const point = this.#point;
    this.#point = undefined;
    if (point) yield { event: 'throughput', ...point };
    const network = this.#network;
    this.#network = false;
    if (network) yield { event: 'network' };
  }
}

const PAGE_ROWS = 500;

interface Page<Row> {
  readonly reset: boolean;
  readonly rows: Row[];
  readonly gone: string[];
}

/** Rows by id; later ones take the place of earlier ones. */
class Changes<Row extends { readonly id: string }> {
  #changes = new Map<string, Row | undefined>();
  #reset = false;

  get size(): number {
    return this.#changes.size + (this.#reset ? 1 : 0);
  }

  set(id: string, row: Row | undefined): void {
    this.#changes.set(id, row);
  }

  reset(rows: readonly Row[]): void {
    this.#changes = new Map(rows.map((row) => [row.id, row]));
    this.#reset = true;
  }

  *take(): Generator<Page<Row>> {
    if (this.size === 0) return;
    const changes = [...this.#changes];
    let reset = this.#reset;
    this.#changes = new Map();
    this.#reset = false;
    const gone = changes.flatMap(([id, row]) => (row ? [] : [id]));
    const rows = changes.flatMap(([, row]) => row ?? []);
    for (let from = 0; from === 0 || from < rows.length; from += PAGE_ROWS) {
      yield { reset, rows: rows.slice(from, from + PAGE_ROWS), gone: from === 0 ? gone : [] };
      reset = false;
    }
  }
}
