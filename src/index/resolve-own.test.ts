import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { PeerdexError } from '../core/errors.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { NetworkView } from './network-view.ts';
import { resolveOwn } from './resolve-own.ts';

const SELF = '11111111aaaa'.padEnd(32, '0');
const SEED = '22222222bbbb'.padEnd(32, '0');
const content = (n: number): string => n.toString(16).padStart(64, '0');

let store: MemoryEntryStore;
let view: NetworkView;
let seq = 0;

beforeEach(() => {
  store = new MemoryEntryStore();
  const seed = { id: SEED, name: 'seed', addresses: [], active: true } as unknown as KnownPeer;
  const directory = { active: () => [seed], get: () => seed, onChange: () => () => {} };
  view = new NetworkView({ store, directory, self: () => ({ id: SELF, name: 'me', addresses: [] }) });
  for (const owner of [SELF, SEED]) store.addOwner(owner, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
});

function put(owner: string, path: string, n?: number): void {
  seq += 1;
  const kind = n === undefined ? ('folder' as const) : ('file' as const);
  const some = { kind, size: n ?? 0, mtime: 0n, executable: false, flag: 1 as const };
  store.put(owner, [{ seq, path, ...some, content: n === undefined ? undefined : content(n) }], 1);
}

const pathOf = async (what: string): Promise<string> => (await resolveOwn(store, view, SELF, what)).path;
const refused = async (what: string): Promise<PeerdexError> => {
  const error = await pathOf(what).then(
    (path) => assert.fail(`${what} is ${path}`),
    (reason: PeerdexError) => reason,
  );
  return error;
};

describe('what of this peer a WHAT names', () => {
  it('a file by name, tail, PEER:PATH and content id', async () => {
    put(SELF, 'docs', undefined);
    put(SELF, 'docs/a/report.pdf', 1);
    put(SELF, 'copy/report.pdf', 1);
    for (const what of [
      'report.pdf',
      'a/report.pdf',
      'me:docs/a/report.pdf',
      content(1),
      content(0xabc).replace(/abc$/, '001'),
    ])
      assert.match(await pathOf(what), /report\.pdf$/, what);
    assert.equal(await pathOf('me:docs/a/report.pdf'), 'docs/a/report.pdf');
  });

  it('a folder, also without its slash, unless a file bears the name', async () => {
    put(SELF, 'docs');
    put(SELF, 'docs/a');
    assert.equal(await pathOf('a/'), 'docs/a');
    assert.equal(await pathOf('a'), 'docs/a');
    assert.equal(await pathOf('me:docs'), 'docs');
    put(SELF, 'other/a', 5);
    assert.equal(await pathOf('a'), 'other/a');
    assert.equal(await pathOf('a/'), 'docs/a');
  });

  it('several things are listed', async () => {
    put(SELF, 'x/n.txt', 1);
    put(SELF, 'y/n.txt', 2);
    put(SELF, 'x/f');
    put(SELF, 'y/f');
    for (const [what, one] of [
      ['n.txt', 'me:y/n.txt'],
      ['f/', 'me:y/f/'],
    ] as const) {
      const { code, candidates } = await refused(what);
      assert.equal(code, 'ambiguous');
      assert.ok(candidates?.some((candidate) => candidate.what === one));
    }
    assert.equal(await pathOf('me:x/n.txt'), 'x/n.txt');
  });

  it('what others hold is theirs, unless it lies here under another name', async () => {
    put(SEED, 'music/it is.mp3', 3);
    put(SEED, 'music/f');
    const { code, message, hint } = await refused('it is.mp3');
    assert.equal(code, 'not-found');
    assert.match(message, /not on this peer; it is held by seed/);
    assert.match(hint ?? '', /peerdex get 'seed:music\/it is\.mp3'/);
    assert.match((await refused('seed:music/f')).hint ?? '', /peerdex get seed:music\/f\//);
    put(SELF, 'downloads/renamed.mp3', 3);
    for (const what of ['it is.mp3', 'seed:music/it is.mp3', content(3)])
      assert.equal(await pathOf(what), 'downloads/renamed.mp3', what);
  });

  it('nothing, patterns and several names are refused', async () => {
    put(SELF, 'x/1.txt', 1);
    put(SELF, 'x/2.txt', 2);
    assert.equal((await refused('none.txt')).code, 'not-found');
    assert.equal((await refused('*.txt')).code, 'usage');
    assert.equal((await refused('1.txt,2.txt')).code, 'usage');
    assert.equal((await refused('')).code, 'not-found');
  });
});
