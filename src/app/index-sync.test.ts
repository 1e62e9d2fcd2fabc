import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { until } from '../../test/support/until.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { IndexHead, LogPage } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { FORGET_AFTER_MS } from '../core/lease.ts';
import { silentLog } from '../core/ports/log.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import { seededRandom } from '../core/random.ts';
import { OwnLog } from '../index/own-log.ts';
import { type LogRequest, serveLog } from '../index/serve-log.ts';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { IndexSync } from './index-sync.ts';
import { fromWirePage, toWirePage } from './wire-page.ts';

const SELF = 'f'.repeat(32);

/** Another peer with a log of its own, answering as over the wire. */
class Remote {
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

class Directory implements PeerDirectory {
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

let store: MemoryEntryStore;
let directory: Directory;
let remotes: Map<string, Remote>;
let sync: IndexSync;

beforeEach(() => {
  store = new MemoryEntryStore();
  directory = new Directory();
  remotes = new Map();
});
afterEach(() => sync.stop());

describe('following other peers', () => {
  it('asks each active peer once, with a head or without, and then when its head moves', async () => {
    const a = remote('1', 25);
    const b = remote('2', 3);
    directory.set(a.id, a.log.head());
    directory.set(b.id);
    begin();
    await sync.initialPull(10_000);
    assert.equal(store.owner(a.id)?.files, 25);
    assert.equal(store.owner(b.id)?.files, 3);
    assert.equal(sync.busy(), false);
    const asked = a.asked.length;
    directory.set(a.id, a.log.head());
    directory.set(b.id);
    assert.equal(sync.busy(), false);
    a.put('s/new');
    directory.set(a.id, a.log.head());
    await until(() => store.owner(a.id)?.files === 26);
    assert.equal(a.asked.length, asked + 1);
    assert.equal(a.asked.at(-1)?.since, 25);
  });

  it('goes on where it was after a restart', async () => {
    const a = remote('1', 25);
    directory.set(a.id, a.log.head());
    begin();
    await sync.initialPull(10_000);
    await sync.stop();
    a.asked = [];
    begin();
    await sync.initialPull(10_000);
    assert.deepEqual(
      a.asked.map(({ since }) => since),
      [25],
    );
  });

  it('waits for nobody longer than told, and tries again while the peer is active', async () => {
    const a = remote('1', 2);
    a.fail = true;
    directory.set(a.id, a.log.head());
    const waits: { ms: number; run: () => void }[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (ms, run) => {
        const wait = { ms, run };
        waits.push(wait);
        return () => waits.splice(waits.indexOf(wait), 1);
      },
    };
    begin({ clock });
    await sync.initialPull(10_000);
    for (const least of [800, 1600, 3200]) {
      await until(() => waits.some(({ ms }) => ms >= least && ms < 2 * least));
      const at = waits.findIndex(({ ms }) => ms >= least && ms < 2 * least);
      if (least === 3200) a.fail = false;
      waits.splice(at, 1)[0]!.run();
    }
    await until(() => store.owner(a.id)?.files === 2);
    assert.equal(a.asked.length, 4);
  });

  it('refuses a page that cannot be right and keeps what it had', async () => {
    const a = remote('1', 2);
    directory.set(a.id, a.log.head());
    const warnings: string[] = [];
    begin({ log: { ...silentLog, warn: (message) => warnings.push(message) } });
    await sync.initialPull(10_000);
    a.spoil = (page) => ({
      ...page,
      records: page.records.map((record) => ({ ...record, path: '../../etc/x' })),
    });
    a.put('s/more');
    directory.set(a.id, a.log.head());
    await until(() => warnings.length > 0);
    assert.match(warnings[0]!, /refused/);
    assert.equal(store.owner(a.id)?.files, 2);
  });

  it('does not run after a head that the log never reaches', async () => {
    const a = remote('1', 2);
    directory.set(a.id, { ...a.log.head(), seq: 1000 });
    begin();
    await sync.initialPull(10_000);
    await until(() => !sync.busy());
    const { length } = a.asked;
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(a.asked.length, length);
    assert.equal(length, 1);
  });

  it('gives up a log that begins anew all the time', async () => {
    const a = remote('1', 30);
    let made = 0;
    a.spoil = (page) => ({
      ...page,
      index: String(++made).padStart(16, '0'),
      since: 0,
      more: true,
      records: page.records.slice(0, 5),
    });
    directory.set(a.id, a.log.head());
    begin();
    await sync.initialPull(10_000);
    assert.ok(a.asked.length < 10);
  });

  it('says once who sent what is refused, and leaves it alone for longer each time, also when it comes back', async () => {
    const a = remote('1', 2);
    const clock = new ManualClock();
    const warnings: string[] = [];
    begin({
      clock,
      log: { ...silentLog, warn: (message) => warnings.push(message) },
      fetchPage: async (server, _owner, request) => {
        await a.answer(request);
        throw new PeerdexError('verification', `the index page that ${server.id} sent is refused: forged`);
      },
    });
    directory.set(a.id, a.log.head());
    await until(() => a.asked.length === 1 && !sync.busy());
    clock.advance(47_000);
    // It leaves and comes back, and has news.
    directory.set(a.id, undefined, { active: false });
    a.put('s/new');
    directory.set(a.id, a.log.head());
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(a.asked.length, 1);
    clock.advance(26_000);
    await until(() => a.asked.length === 2 && !sync.busy());
    clock.advance(95_000);
    assert.equal(a.asked.length, 2, 'the second time for two minutes');
    clock.advance(50_000);
    await until(() => a.asked.length === 3 && !sync.busy());
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]!.includes(a.id));
  });

  it('takes what one owner has up to a bound, and warns once', async () => {
    const a = remote('1', 60);
    const b = remote('2', 3);
    const clock = new ManualClock();
    const warnings: string[] = [];
    for (const one of [a, b]) directory.set(one.id, one.log.head());
    begin({
      clock,
      limits: { entries: 45 },
      log: { ...silentLog, warn: (message) => warnings.push(message) },
    });
    await until(() => b.asked.length === 1 && a.asked.length === 5 && !sync.busy());
    assert.equal(store.owner(a.id)?.records, 40);
    assert.equal(store.owner(b.id)?.records, 3);
    clock.advance(75_000);
    await until(() => a.asked.length === 6 && !sync.busy());
    assert.equal(store.owner(a.id)?.records, 40);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /lists more than 45 entries/);
    assert.deepEqual(sync.warnings(), warnings, 'said as long as it holds');
    directory.set(a.id, a.log.head(), { active: false });
    assert.deepEqual(sync.warnings(), []);
  });

  it('lets a log without an end take no turn of others, and gives it up', async () => {
    const clock = new ManualClock();
    const endless = ['1', '2', '3', '4'].map((digit) => remote(digit, 1));
    const honest = remote('5', 30);
    const warnings: string[] = [];
    let most = 0;
    for (const one of endless) {
      one.spoil = (page) => {
        clock.advance(100);
        const seq = one.asked.at(-1)!.since + 1;
        return { ...page, since: seq - 1, last: 1e9, more: true, records: [{ ...page.records[0]!, seq }] };
      };
      one.answer = async (request) => {
        one.asked.push(request);
        await new Promise((resolve) => setImmediate(resolve));
        return one.spoil(serveLog(one.store, one.id, { since: 0, limit: 1 }, 1));
      };
      directory.set(one.id, { index: one.log.head().index, seq: 1e9 });
    }
    directory.set(honest.id, honest.log.head());
    begin({
      clock,
      limits: { entries: 100 },
      log: { ...silentLog, warn: (message) => warnings.push(message) },
    });
    await until(() => {
      most = Math.max(most, ...endless.map(({ asked }) => asked.length));
      return store.owner(honest.id)?.files === 30;
    });
    assert.ok(most < 100, `the honest one waited while another gave ${most} pages`);
    await until(() => warnings.length === 4);
    for (const warning of warnings) assert.match(warning, /has no end/);
    for (const { id } of endless) assert.equal(store.owner(id)?.records, 1);
  });

  it('asks members that may only fetch for nothing, and drops what there is of them', async () => {
    const may = new Set<string>();
    const [a, b, c] = [remote('1', 250), remote('2', 3), remote('3', 120)];
    for (const one of [a, b, c]) {
      may.add(one.id);
      directory.set(one.id, one.log.head());
    }
    let changes = 0;
    begin({ isWanted: (owner) => may.has(owner) });
    sync.onChange(() => {
      changes += 1;
    });
    await sync.initialPull(10_000);
    assert.equal(store.owner(a.id)?.files, 250);
    await until(() => !sync.busy());
    changes = 0;
    may.delete(a.id);
    directory.set(a.id, a.log.head());
    await until(() => store.owner(a.id) === undefined && changes > 0);
    assert.equal(store.owner(b.id)?.files, 3);
    await sync.stop();

    // What was kept of one that is away goes too, at the start.
    may.delete(c.id);
    directory.set(c.id, undefined, { active: false });
    for (const one of [a, b, c]) one.asked = [];
    begin({ isWanted: (owner) => may.has(owner) });
    await sync.initialPull(10_000);
    await until(() => store.owner(c.id) === undefined);
    assert.deepEqual([a.asked.length, b.asked.length, c.asked.length], [0, 1, 0]);

    // Whoever may publish again is asked again.
    may.add(a.id);
    directory.set(a.id);
    await until(() => store.owner(a.id)?.files === 250);
  });

  it('keeps nothing of a page that was on its way when its owner lost the right', async () => {
    const a = remote('1', 30);
    let may = true;
    directory.set(a.id, a.log.head());
    begin({
      isWanted: () => may,
      fetchPage: async (_server, _owner, request) => {
        const page = await a.answer(request);
        if (request.since > 0) may = false;
        return { page };
      },
    });
    await sync.initialPull(10_000);
    await until(() => !sync.busy());
    assert.equal(store.owner(a.id), undefined);
    assert.equal(a.asked.length, 2);
  });

  it('asks four peers at a time, and says how many it has nothing of yet', async () => {
    let running = 0;
    let most = 0;
    const coming: number[] = [];
    for (const digit of '123456789') directory.set(remote(digit, 1).id);
    begin({
      fetchPage: async (peer, _owner, request) => {
        running += 1;
        most = Math.max(most, running);
        coming.push(sync.coming);
        const page = await remotes.get(peer.id)!.answer(request);
        running -= 1;
        return { page };
      },
    });
    await sync.initialPull(10_000);
    assert.equal(most, 4);
    assert.equal(store.owners().length, 9);
    assert.ok(Math.max(...coming) >= 6, coming.join());
    assert.ok(coming.at(-1)! <= 4, coming.join());
    assert.equal(sync.coming, 0);
  });

  it('comes to one that answers soon, beside hundreds that do not, and asks those less and less', async () => {
    const clock = new ManualClock();
    const good = remote('1', 3);
    let tries = 0;
    const strangers = Array.from({ length: 500 }, (_, at) => `2${String(at).padStart(31, '0')}`);
    for (const id of strangers) directory.set(id, { index: 'ab'.repeat(8), seq: 5 });
    directory.set(good.id, good.log.head());
    begin({
      clock,
      reach(server, signal) {
        if (server.id === good.id) return Promise.resolve();
        tries += 1;
        if (Number(server.id.slice(1)) % 5 === 0)
          return Promise.reject(new PeerdexError('unavailable', 'refused'));
        return new Promise((_, reject) => {
          clock.after(5000, () => reject(new PeerdexError('unavailable', 'it does not answer')));
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    });
    const advance = async (seconds: number) => {
      for (let i = 0; i < seconds * 4; i += 1) {
        clock.advance(250);
        for (let j = 0; j < 20; j += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await advance(4);
    assert.equal(store.owner(good.id)?.files, 3);
    await advance(60);
    assert.ok(sync.isOutOfReach(strangers[0]!) && !sync.isOutOfReach(good.id));
    const before = tries;
    good.put('s/new');
    directory.set(good.id, good.log.head());
    await until(() => store.owner(good.id)?.files === 4);
    await advance(60);
    assert.ok(tries - before < 1000, `${tries - before} tries in a minute`);
  });

  it('takes what an owner brings while it waits to be asked', async () => {
    const clock = new ManualClock();
    const bringer = remote('1', 3);
    const silent = (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    for (let at = 0; at < 300; at += 1) directory.set(`2${String(at).padStart(31, '0')}`);
    directory.set(bringer.id);
    begin({ clock, reach: silent });
    const first = (await sync.brought(bringer.id, undefined))!;
    await sync.brought(bringer.id, { page: await bringer.answer(first) });
    assert.equal(store.owner(bringer.id)?.files, 3);
  });

  it('drops what belongs to peers that nobody has seen for 30 days', async () => {
    const a = remote('1', 250);
    const b = remote('2', 2);
    for (const one of [a, b]) directory.set(one.id, one.log.head());
    begin();
    await sync.initialPull(10_000);
    await sync.stop();
    directory.set(a.id, undefined, { active: false, lastSeen: Date.now() - FORGET_AFTER_MS - 1 });
    directory.set(b.id, undefined, { active: false });
    begin();
    await until(() => store.owner(a.id) === undefined);
    assert.equal(store.owner(b.id)?.files, 2);
  });

  it('remembers nothing of peers that came and went without an index', async () => {
    const clock = new ManualClock();
    const kept = remote('1', 2);
    directory.set(kept.id, kept.log.head());
    begin({ clock });
    const passing = ['2', '3', '4'].map((digit) => {
      const one = remote(digit, 0);
      one.fail = true;
      directory.set(one.id);
      return one;
    });
    await until(() => passing.every(({ asked }) => asked.length > 0) && !sync.busy());
    assert.equal(sync.size, 4);
    for (const { id } of passing) {
      directory.set(id, undefined, { active: false });
      directory.peers.delete(id);
    }
    clock.advance(3600 * 1000);
    await until(() => sync.size === 1);
  });
});

function remote(digit: string, files: number): Remote {
  const one = new Remote(digit, files);
  remotes.set(one.id, one);
  return one;
}

function begin(more: Partial<ConstructorParameters<typeof IndexSync>[0]> = {}): void {
  sync = new IndexSync({
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
  sync.start();
}
