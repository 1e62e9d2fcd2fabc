import { IndexSync } from '../../src/app/index-sync.ts';
import { fromWirePage, toWirePage } from '../../src/app/wire-page.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { IndexHead, LogPage } from '../../src/core/entry.ts';
import type { KnownPeer } from '../../src/core/known-peer.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { PeerDirectory } from '../../src/core/ports/peer-directory.ts';
import { seededRandom } from '../../src/core/random.ts';
import { OwnLog } from '../../src/index/own-log.ts';
import { type LogRequest, serveLog } from '../../src/index/serve-log.ts';
import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';

const SELF = 'f'.repeat(32);

/** Another peer with a log of its own, answering as over the wire. */
export class Remote {
  readonly id: string;
  readonly store = new MemoryEntryStore();
  readonly log: OwnLog;
  asked: LogRequest[] = [];
  fail = false;
  spoil: (page: LogPage) => LogPage = (page) => page;

  constructor(digit: string, files = 0) {
    this.id = digit.repeat(32);
    this.log = new OwnLog(this.store, this.id, systemClock, seededRandom(Number.parseInt(digit, 16)));
    for (let i = 0; i < files; i += 1) this.put(`s/${i}`);
  }

  put(path: string): void {
    const file = {
      kind: 'file',
      size: 1,
      mtime: 5n,
      executable: false,
      content: '0'.repeat(64),
      flag: 1,
    } as const;
    this.log.write([{ entry: { path, ...file } }]);
  }

  async answer(request: LogRequest): Promise<LogPage> {
    this.asked.push(request);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fail) throw new Error('connection refused');
    const page = this.spoil(serveLog(this.store, this.id, request, 2000));
    return fromWirePage(JSON.parse(JSON.stringify(toWirePage(page))));
  }
}

/** Whom a test sets is there. */
class SetDirectory implements PeerDirectory {
  readonly peers = new Map<string, KnownPeer>();
  readonly #listeners = new Set<(changed: readonly KnownPeer[]) => void>();

  active(): KnownPeer[] {
    return [...this.peers.values()].filter(({ active }) => active);
  }

  get(id: string): KnownPeer | undefined {
    return this.peers.get(id);
  }

  onChange(listener: (changed: readonly KnownPeer[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(id: string, head?: IndexHead, more: Partial<KnownPeer> = {}): void {
    const address = { host: '127.0.0.1', port: 1 };
    const peer: KnownPeer = {
      id,
      name: id.slice(0, 4),
      addresses: [address],
      active: true,
      since: 0,
      lastSeen: Date.now(),
      head,
      files: 0,
      bytes: 0,
      role: 'publish' as const,
      ...more,
    };
    this.peers.set(id, peer);
    for (const listener of this.#listeners) listener([peer]);
  }
}

/** A peer that follows the logs of others, in memory. */
export class SyncScene implements AsyncDisposable {
  readonly store = new MemoryEntryStore();
  readonly directory = new SetDirectory();
  readonly remotes = new Map<string, Remote>();
  sync!: IndexSync;

  /** Another peer, which is not active yet. */
  remote(digit: string, files: number): Remote {
    const one = new Remote(digit, files);
    this.remotes.set(one.id, one);
    return one;
  }

  begin(more: Partial<ConstructorParameters<typeof IndexSync>[0]> = {}): void {
    const { store, directory, remotes } = this;
    this.sync = new IndexSync({
      self: SELF,
      store,
      directory,
      fetchPage: async (peer, _owner, request) => ({ page: await remotes.get(peer.id)!.answer(request) }),
      clock: systemClock,
      random: seededRandom(1),
      log: silentLog,
      pageRecords: 10,
      ...more,
    });
    this.sync.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sync.stop();
  }
}
