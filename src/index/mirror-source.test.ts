import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { dropOwner } from '../app/index-sync/drop-owner.ts';
import type { LogRecord } from '../core/entry.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { KeptEntry } from '../core/mirror.ts';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { checkMirrored, fateOf, readMirrored } from './mirror-source.ts';
import { NetworkView } from './network-view.ts';

const SELF = '11'.repeat(16);
const SEED = '22'.repeat(16);
const INDEX = 'aa'.repeat(8);

let store: MemoryEntryStore;
let view: NetworkView;
let isActive: boolean;
let seq: number;

beforeEach(() => {
  store = new MemoryEntryStore();
  isActive = true;
  seq = 0;
  const seed = { id: SEED, name: 'seed', addresses: [], active: true } as unknown as KnownPeer;
  view = new NetworkView({
    store,
    directory: { active: () => (isActive ? [seed] : []), get: () => seed, onChange: () => () => {} },
    self: () => ({ id: SELF, name: 'me', addresses: [] }),
  });
  for (const owner of [SELF, SEED]) store.addOwner(owner, { index: INDEX, seq: 0, floor: 0 }, 1);
});

function put(owner: string, path: string, change: Partial<LogRecord> = {}): void {
  seq += 1;
  const record: LogRecord = {
    ...{ path, kind: 'file', size: 1, mtime: 5n, executable: false, content: 'ab'.repeat(32), flag: 1, seq },
    ...change,
  };
  store.put(owner, [record], 1);
  store.setPosition(owner, { index: INDEX, seq, floor: 0 }, 1);
}
const folder = (owner: string, path: string) =>
  put(owner, path, { kind: 'folder', content: undefined, size: 0 });

const kept = (path: string, change: Partial<KeptEntry['origin']> = {}): KeptEntry => ({
  ...{ relative: path, kind: 'file', size: 1, mtime: 5n, executable: false, brought: true },
  ...{ here: { size: 1, mtime: 5n }, origin: { owner: SEED, path, index: INDEX, ...change } },
});
const fate = (entry: KeptEntry) => fateOf(store, view, entry);
const namesOf = async (what: string) =>
  (await readMirrored(store, view, what))?.wanted.map(({ relative }) => relative).sort();

describe('what a mirror holds', () => {
  beforeEach(() => {
    for (const path of ['s/set', 's/set/d']) folder(SEED, path);
    for (const path of ['s/set/a.txt', 's/set/d/b.txt', 's/set/d/c.bin']) put(SEED, path);
  });

  it('lies below the mirror without the own name of what is mirrored', async () => {
    assert.deepEqual(await namesOf('seed:s/set/'), ['a.txt', 'd', 'd/b.txt', 'd/c.bin']);
    assert.deepEqual(await namesOf('set/'), ['a.txt', 'd', 'd/b.txt', 'd/c.bin']);
    assert.deepEqual(await namesOf('seed:s/set/**/*.txt'), ['a.txt', 'd', 'd/b.txt']);
    assert.deepEqual(await namesOf('seed:**/b.txt'), ['s', 's/set', 's/set/d', 's/set/d/b.txt']);
    assert.deepEqual(await namesOf('seed:s/set/d/*.bin'), ['c.bin']);
  });

  it('is what others have: own entries never count', async () => {
    folder(SELF, 'mine/set');
    put(SELF, 'mine/set/other.txt');
    assert.deepEqual(await namesOf('set/'), ['a.txt', 'd', 'd/b.txt', 'd/c.bin']);
    isActive = false;
    assert.equal(await namesOf('set/'), undefined);
  });

  it('is a folder or a pattern', () => {
    for (const what of ['a.txt', 'seed:s/set']) assert.throws(() => checkMirrored(what), { code: 'usage' });
    for (const what of ['set/', '*.txt', 's/**/x']) checkMirrored(what);
  });

  it('knows whose entries they are', async () => {
    const { wanted } = (await readMirrored(store, view, 'seed:s/set/'))!;
    const [first] = wanted.filter(({ kind }) => kind === 'file');
    assert.deepEqual(first!.origin, { owner: SEED, path: 's/set/a.txt', index: INDEX });
  });
});

describe('the fate of what is not wanted any more', () => {
  beforeEach(() => {
    folder(SEED, 's');
    put(SEED, 's/x');
  });

  it('is deleted by a deletion, also of a peer that is away, and by nothing while it is listed', () => {
    assert.equal(fate(kept('s/x')), 'listed');
    isActive = false;
    assert.equal(fate(kept('s/x')), 'listed');
    put(SEED, 's/x', { flag: 0, content: undefined });
    assert.equal(fate(kept('s/x')), 'deleted');
    folder(SEED, 's/x');
    assert.equal(fate(kept('s/x')), 'deleted', 'another thing has its name');
  });

  it('is deleted by a whole log of an active peer that has it no more', () => {
    assert.equal(fate(kept('s/gone')), 'deleted');
    isActive = false;
    assert.equal(fate(kept('s/gone')), 'listed');
  });

  it('is as listed while its share is withdrawn, and until what went with it has come back', () => {
    put(SEED, 's', { kind: 'folder', content: undefined, flag: 0 });
    put(SEED, 's/x', { flag: 0, content: undefined });
    assert.equal(fate(kept('s/x')), 'listed');
    assert.equal(fate(kept('s/gone')), 'listed', 'nothing is left of the deletion');
    folder(SEED, 's');
    assert.equal(fate(kept('s/x')), 'listed', 'its share is there again, it itself is not named yet');
    put(SEED, 's/x');
    assert.equal(fate(kept('s/x')), 'listed');
    put(SEED, 's/x', { flag: 0, content: undefined });
    assert.equal(fate(kept('s/x')), 'deleted');
  });

  it('is as listed where its log names no share at all', () => {
    assert.equal(fate(kept('t/x')), 'listed');
  });

  it('is unproven by a log that began anew', () => {
    assert.equal(fate(kept('s/gone', { index: 'bb'.repeat(8) })), 'unproven');
  });

  it('is not known of an owner of whom nothing is kept, or whose log is being read anew or dropped', async () => {
    assert.equal(fate(kept('s/gone', { owner: '33'.repeat(16) })), 'listed');
    store.beginSnapshot(SEED, { index: INDEX, seq: 0, floor: 0, last: 9 }, 1);
    assert.equal(fate(kept('s/gone')), 'listed');
    put(SEED, 's/y');
    const ended = new AbortController();
    const stop = () => {
      ended.abort();
      return false;
    };
    const stopped = { ...bound(store), dropOwner: stop } as unknown as MemoryEntryStore;
    await dropOwner({ store: stopped }, SEED, ended.signal);
    assert.equal(fate(kept('s/gone')), 'listed', 'dropping was cut short');
  });
});

/** The store's own methods, so that one of them can be exchanged. */
function bound(of: MemoryEntryStore): Partial<MemoryEntryStore> {
  return { owner: (id) => of.owner(id), beginSnapshot: (...all) => of.beginSnapshot(...all) };
}
