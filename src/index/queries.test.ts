import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { LogRecord } from '../core/entry.ts';
import type { PeerdexError } from '../core/errors.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import type { PeerDirectory } from '../core/ports/peer-directory.ts';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { IndexQueries } from './queries.ts';

const SELF = '11111111aaaa'.padEnd(32, '0');
const SEED = '22222222bbbb'.padEnd(32, '0');
const TWIN = '22222222cccc'.padEnd(32, '0');
const AWAY = '33333333dddd'.padEnd(32, '0');
const content = (n: number): string => n.toString(16).padStart(64, '0');

let store: MemoryEntryStore;
let queries: IndexQueries;
let seq: number;
let peers: KnownPeer[];

beforeEach(() => {
  store = new MemoryEntryStore();
  seq = 0;
  peers = [known(SEED, 'seed'), known(TWIN, 'twin'), { ...known(AWAY, 'away'), active: false }];
  const directory: PeerDirectory = {
    active: () => peers.filter(({ active }) => active),
    get: (id) => peers.find((peer) => peer.id === id),
    onChange: () => () => {},
  };
  const self = () => ({ id: SELF, name: 'me', addresses: [{ host: '127.0.0.1', port: 1 }] });
  queries = new IndexQueries({ store, directory, self });
  for (const owner of [SELF, SEED, TWIN, AWAY])
    store.addOwner(owner, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
});

describe('find', () => {
  it('finds names that have every word, without case and accents, one result a content', async () => {
    put(SEED, 'docs/Résumé Final.pdf', 1);
    put(TWIN, 'x/resume_final (2).pdf', 1);
    put(SELF, 'y/unrelated.pdf', 1);
    put(SEED, 'docs/final.pdf', 2);
    put(AWAY, 'docs/resume final.txt', 3);
    const { results, total, more } = await queries.find('FINAL resume');
    assert.deepEqual([total, more, results.length], [1, false, 1]);
    assert.deepEqual(
      results[0]!.holders
        .map(({ peer, path, self, name, address }) => [peer, path, self, name, address])
        .sort(),
      [
        [SELF, 'y/unrelated.pdf', true, 'me', '127.0.0.1:1'],
        [SEED, 'docs/Résumé Final.pdf', false, 'seed', '10.0.0.1:10000'],
        [TWIN, 'x/resume_final (2).pdf', false, 'twin', '10.0.0.1:10000'],
      ],
    );
    assert.equal(results[0]!.modified, '1970-01-01T00:00:01.000Z');
  });

  it('looks at names only, not at folders or what is deleted, and takes words as they are', async () => {
    put(SEED, 'alpha/beta.txt', 1);
    put(SEED, 'alpha/alpha', undefined, 'folder');
    put(SEED, 'alpha/alpha.txt', 4);
    remove(SEED, 'alpha/alpha.txt');
    put(SEED, 'x/100%_done', 2);
    assert.equal((await queries.find('alpha')).total, 0);
    assert.equal((await queries.find('%_')).total, 1);
    assert.equal((await queries.find('0%d')).total, 0);
    assert.deepEqual(await queries.find('   '), { results: [], total: 0, more: false });
  });

  it('ranks the name itself, then beginnings of words, then parts, then by holders', async () => {
    put(SEED, 's/salpha.txt', 1);
    put(SEED, 's/my alpha.txt', 2);
    put(SEED, 's/your alpha.txt', 3);
    put(TWIN, 's/your alpha.txt', 3);
    put(SEED, 's/alpha.txt', 4);
    const { results, total } = await queries.find('alpha', { limit: 3 });
    assert.deepEqual(
      results.map(({ path }) => path),
      ['s/alpha.txt', 's/your alpha.txt', 's/my alpha.txt'],
    );
    assert.equal(total, 4);
  });
});

describe('ls', () => {
  it('lists peers, shares, folders and a file', async () => {
    put(SEED, 'docs', undefined, 'folder');
    put(SEED, 'docs/a.txt', 1);
    put(SEED, 'docs/sub', undefined, 'folder');
    put(SEED, 'docs/sub/b.txt', 2);
    assert.deepEqual(
      (await queries.ls()).map(({ name, kind, size }) => [name, kind, size]),
      [
        ['me', 'peer', 0],
        ['seed', 'peer', 20],
        ['twin', 'peer', 0],
      ],
    );
    const names = async (where: string) => (await queries.ls(where)).map(({ name, kind }) => [name, kind]);
    assert.deepEqual(await names('seed'), [['docs', 'folder']]);
    assert.deepEqual(await names('seed:'), [['docs', 'folder']]);
    assert.deepEqual(await names('seed:docs/'), [
      ['a.txt', 'file'],
      ['sub', 'folder'],
    ]);
    assert.deepEqual(await queries.ls('22222222b:docs/a.txt'), [
      { name: 'a.txt', kind: 'file', size: 10, modified: '1970-01-01T00:00:01.000Z', content: content(1) },
    ]);
    await fails(queries.ls('seed:none'), 'not-found');
    for (const where of ['seed:/docs', 'seed:docs//sub', 'seed:./docs'])
      await fails(queries.ls(where), 'not-found');
    await fails(queries.resolveWhat('seed:/docs/'), 'not-found');
    await fails(queries.ls('nobody'), 'not-found');
    await fails(queries.ls('away:docs'), 'not-found', /not active/);
    assert.deepEqual((await fails(queries.ls('22222222'), 'ambiguous')).candidates?.length, 2);
  });
});

describe('what a name means', () => {
  it('a content, whatever it is called', async () => {
    put(SEED, 'a/one.txt', 0xab);
    put(TWIN, 'b/two.txt', 0xab);
    put(SELF, 'c/two.txt', 0xab);
    assert.deepEqual(await names(content(0xab).toUpperCase()), ['two.txt']);
    await fails(queries.resolveWhat(content(5)), 'not-found');
  });

  it('PEER:PATH, whole', async () => {
    put(SEED, 'docs/sub/a.txt', 1);
    put(TWIN, 'docs/sub/a.txt', 2);
    for (const what of ['seed:docs/sub/a.txt', `${SEED}:docs/sub/a.txt`, '22222222B:docs/sub/a.txt']) {
      assert.equal((await one(what)).content, content(1), what);
    }
    await fails(queries.resolveWhat('seed:sub/a.txt'), 'not-found', /seed:docs\/sub\/a\.txt/);
    await fails(queries.resolveWhat('22222222:docs/sub/a.txt'), 'ambiguous');
    await fails(queries.resolveWhat('22222:docs/sub/a.txt'), 'not-found');
    await fails(queries.resolveWhat('seed:docs/sub/a.txt', { from: 'twin' }), 'not-found');
  });

  it('PEER is an id, a name or the beginning of an id, in this order', async () => {
    rename(TWIN, SEED.slice(0, 10));
    put(SEED, 'docs/a.txt', 1);
    put(TWIN, 'docs/a.txt', 2);
    assert.equal((await one(`${SEED.slice(0, 10)}:docs/a.txt`)).content, content(2));
    assert.equal((await one(`${SEED.slice(0, 11)}:docs/a.txt`)).content, content(1));
    rename(TWIN, SEED);
    assert.equal((await one(`${SEED}:docs/a.txt`)).content, content(1));
    rename(AWAY, SEED.slice(0, 12));
    assert.equal((await one(`${SEED.slice(0, 12)}:docs/a.txt`)).content, content(1));
    await fails(queries.ls(AWAY.slice(0, 12).toUpperCase()), 'not-found', /not active/);
  });

  it('names that are like it with a peer that has them so', async () => {
    put(TWIN, 'stuff/other.txt', 1);
    put(SEED, 'docs/some letter.txt', 1);
    const { hint } = await fails(queries.resolveWhat('letter.doc'), 'not-found');
    assert.equal(hint, 'names like it: seed:docs/some letter.txt');
  });

  it('a name with a colon, when no peer is called so', async () => {
    put(SEED, 'docs/re: hello', 1);
    assert.equal((await one('re: hello')).content, content(1));
    assert.equal((await one('seed:docs/re: hello')).content, content(1));
  });

  it('a file name or a tail by whole components, case and all', async () => {
    put(SEED, 'a/rfc/1149.txt', 1);
    put(TWIN, 'a/std/1149.txt', 2);
    put(SEED, 'a/xrfc/1149.txt', 3);
    assert.equal((await one('rfc/1149.txt')).content, content(1));
    const error = await fails(queries.resolveWhat('1149.txt'), 'ambiguous');
    assert.deepEqual(error.candidates?.map(({ what }) => what).sort(), [
      'seed:a/rfc/1149.txt',
      'seed:a/xrfc/1149.txt',
      'twin:a/std/1149.txt',
    ]);
    for (const { what } of error.candidates ?? []) assert.equal((await queries.resolveWhat(what)).length, 1);
    await fails(queries.resolveWhat('RFC/1149.txt'), 'not-found');
    assert.equal((await one('1149.txt', 'twin')).content, content(2));
  });

  it('one content under one name on several peers, in either Unicode form', async () => {
    put(SEED, 'a/caf\u00e9', 1);
    put(TWIN, 'b/caf\u00e9', 1);
    assert.deepEqual(await names('cafe\u0301'), ['caf\u00e9']);
    put(AWAY, 'b/gone.txt', 9);
    await fails(queries.resolveWhat('gone.txt'), 'not-found');
    await fails(queries.resolveWhat('away:b/gone.txt'), 'not-found', /not active/);
  });

  it('a folder with all that is in it, by its path or a tail', async () => {
    tree(SEED, 'data');
    const [wanted] = await queries.resolveWhat('seed:data/set1/');
    assert.equal(wanted?.kind, 'tree');
    assert.deepEqual(wanted?.items.map(({ relative, kind }) => [relative, kind]).sort(), [
      ['set1', 'folder'],
      ['set1/a', 'file'],
      ['set1/empty', 'folder'],
      ['set1/sub', 'folder'],
      ['set1/sub/b', 'file'],
    ]);
    tree(TWIN, 'other/place');
    assert.equal((await queries.resolveWhat('set1/'))[0]?.items.length, 5);
    put(TWIN, 'other/place/set1/extra', 7);
    const error = await fails(queries.resolveWhat('set1/'), 'ambiguous');
    assert.deepEqual(error.candidates?.map(({ what }) => what).sort(), [
      'seed:data/set1/',
      'twin:other/place/set1/',
    ]);
    assert.equal((await queries.resolveWhat('place/set1/'))[0]?.items.length, 6);
    assert.match(
      (await fails(queries.resolveWhat('seed:data/set1'), 'not-found')).hint ?? '',
      /seed:data\/set1\//,
    );
  });

  it('a folder that any number of peers have alike', async () => {
    const many = Array.from({ length: 40 }, (_, n) => known(n.toString(16).padStart(32, 'f'), `copy${n}`));
    peers = [...peers, ...many];
    for (const { id } of many) {
      store.addOwner(id, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
      tree(id, 'data');
    }
    assert.equal((await queries.resolveWhat('set1/'))[0]?.items.length, 5);
    put(many.at(-1)!.id, 'data/set1/extra', 7);
    await fails(queries.resolveWhat('set1/'), 'ambiguous', /different folders/);
  });

  it('a pattern with ** is every file at any depth that fits, in its tree', async () => {
    const folders = ['data/models', 'data/models/big', 'data/models/big/deep', 'data/old', 'data/old/models'];
    for (const folder of folders) put(SEED, folder, undefined, 'folder');
    put(SEED, 'data/models/a.bin', 1);
    put(SEED, 'data/models/big/b.bin', 2);
    put(SEED, 'data/models/big/deep/c.bin', 3);
    put(SEED, 'data/models/big/deep/c.txt', 4);
    put(SEED, 'data/old/models/d.bin', 5);
    put(TWIN, 'models/a.bin', 1);
    put(TWIN, 'models/big/b.bin', 6);
    const of = async (what: string) => {
      const [wanted] = await queries.resolveWhat(what);
      return wanted?.items.map(({ relative }) => relative).toSorted();
    };
    const three = ['models/a.bin', 'models/big/b.bin', 'models/big/deep/c.bin'];
    assert.deepEqual(await of('seed:data/models/**/*.bin'), three);
    assert.deepEqual(await of('seed:data/models/**/deep/*'), [
      'models/big/deep/c.bin',
      'models/big/deep/c.txt',
    ]);
    assert.deepEqual(await of('seed:**/c.*'), ['data/models/big/deep/c.bin', 'data/models/big/deep/c.txt']);
    assert.deepEqual(await of('seed:data/models/big/**'), ['big/b.bin', 'big/deep/c.bin', 'big/deep/c.txt']);
    assert.deepEqual(await of('twin:models/**/*.bin'), ['models/a.bin', 'models/big/b.bin']);
    const [all] = await queries.resolveWhat('models/**/*.bin');
    const tail = ['models/a.bin', 'models/big/deep/c.bin', 'models/d.bin'];
    assert.deepEqual(all?.items.map(({ relative }) => relative).toSorted(), tail);
    assert.deepEqual(
      all?.clashes?.map(({ name, error }) => [name, error.code]),
      [['models/big/b.bin', 'ambiguous']],
    );
    await fails(queries.resolveWhat('seed:data/models/**/*.none'), 'not-found');
    await fails(queries.resolveWhat('seed:data/nothing/**'), 'not-found');
  });

  it('in a pattern with ** every sign but * stands for itself', async () => {
    const signs = 'a-b !"#$%&\'()+,.;<=>?@[\\]^_`{|}~';
    put(SEED, 'data', undefined, 'folder');
    put(SEED, `data/${signs}/${signs}-1`, 1);
    assert.deepEqual(await names(`seed:data/**/${signs}/*${signs}*`), [`data/${signs}/${signs}-1`]);
    assert.deepEqual(await names('seed:**/*-1'), [`data/${signs}/${signs}-1`]);
  });

  it('one content that is told with several sizes has the one of most peers, or the smallest', async () => {
    put(SELF, 'a/lie.bin', 7, 'file', 3);
    put(SELF, 'b/lie.bin', 7, 'file', 3);
    put(SEED, 'a/lie.bin', 7, 'file', 2 ** 43);
    assert.equal((await one('lie.bin')).size, 3);
    put(TWIN, 'a/lie.bin', 7, 'file', 2 ** 43);
    assert.equal((await one('lie.bin')).size, 2 ** 43);
    assert.equal((await queries.resolveWhat('l*.bin'))[0]!.items[0]!.size, 2 ** 43);
  });

  it('folders whose files differ in size alone are different', async () => {
    tree(SEED, 'a');
    tree(TWIN, 'b');
    await queries.resolveWhat('set1/');
    put(TWIN, 'b/set1/a', 1, 'file', 11);
    await fails(queries.resolveWhat('set1/'), 'ambiguous');
  });

  it('a pattern with one star within one component', async () => {
    put(SEED, 'a/x/one.txt', 1);
    put(SEED, 'a/x/two.txt', 2);
    put(SEED, 'a/y/one.md', 3);
    put(TWIN, 'b/two.txt', 2);
    assert.deepEqual((await names('*.txt')).sort(), ['one.txt', 'two.txt']);
    assert.deepEqual((await names('seed:a/x/*.txt')).sort(), ['one.txt', 'two.txt']);
    assert.deepEqual(await names('a/*/one.md'), ['one.md']);
    assert.deepEqual(await names('seed:a/*/one.txt'), ['one.txt']);
    assert.equal((await queries.resolveWhat('*.txt'))[0]?.kind, 'files');
    await fails(queries.resolveWhat('seed:a/*.txt'), 'not-found');
    await fails(queries.resolveWhat('a/**/'), 'usage', /\*\*/);
    await fails(queries.resolveWhat('*ne.*'), 'usage');
    put(TWIN, 'b/one.txt', 9);
    const [texts] = await queries.resolveWhat('*.txt');
    const [clash] = texts!.clashes!;
    assert.deepEqual([clash?.name, clash?.error.code], ['one.txt', 'ambiguous']);
    assert.equal(clash?.error.candidates?.length, 2);
    assert.deepEqual(
      texts!.items.map(({ relative }) => relative),
      ['two.txt'],
    );
    put(SEED, 'a/*.txt', 5);
    assert.equal((await one('*.txt')).content, content(5));
  });

  it('folders by a pattern', async () => {
    tree(SEED, 'data');
    put(SEED, 'data/set2', undefined, 'folder');
    const found = await queries.resolveWhat('seed:data/set*/');
    assert.deepEqual(found.map(({ kind, items }) => [kind, items[0]?.relative]).sort(), [
      ['tree', 'set1'],
      ['tree', 'set2'],
    ]);
  });

  it('several between commas, unless an entry bears the whole', async () => {
    put(SEED, 'a/one.txt', 1);
    put(SEED, 'a/two words.txt', 2);
    assert.deepEqual(await names('one.txt,two words.txt'), ['one.txt', 'two words.txt']);
    assert.deepEqual(await names('*.txt, one.txt,'), ['one.txt', 'two words.txt', 'one.txt']);
    assert.deepEqual(await queries.splitWhat('one.txt, none'), ['one.txt', 'none']);
    await fails(queries.resolveWhat('one.txt,none'), 'not-found', /"none"/);
    put(SEED, 'a/one.txt,two words.txt', 3);
    assert.equal((await one('one.txt,two words.txt')).content, content(3));
    assert.deepEqual(await queries.splitWhat('one.txt,two words.txt'), ['one.txt,two words.txt']);
    await fails(queries.resolveWhat('two words.txt one.txt'), 'not-found');
    await fails(queries.resolveWhat(','), 'not-found');
    await fails(queries.resolveWhat(''), 'not-found');
  });
});

it('holders are active peers, this one among them, each once', () => {
  put(SELF, 'a/x', 1);
  put(SEED, 'b/y', 1);
  put(SEED, 'c/z', 1);
  put(AWAY, 'd/x', 1);
  assert.deepEqual(
    queries
      .holders(content(1))
      .map(({ peer }) => peer)
      .sort(),
    [SELF, SEED],
  );
});

/** The directory gives another list when a peer changes. */
function rename(id: string, name: string): void {
  peers = peers.map((peer) => (peer.id === id ? { ...peer, name } : peer));
}

function put(
  owner: string,
  path: string,
  id: number | undefined,
  kind: LogRecord['kind'] = 'file',
  size = kind === 'file' ? 10 : 0,
): void {
  seq += 1;
  const record = { path, kind, size, mtime: 1_000_000_000n, executable: false, flag: 1, seq } as const;
  store.put(owner, [{ ...record, content: id === undefined ? undefined : content(id) }], 1);
}

function remove(owner: string, path: string): void {
  seq += 1;
  store.put(owner, [{ ...store.entry(owner, path)!, content: undefined, flag: 0, seq }], 1);
}

function tree(owner: string, at: string): void {
  put(owner, `${at}/set1`, undefined, 'folder');
  put(owner, `${at}/set1/a`, 1);
  put(owner, `${at}/set1/empty`, undefined, 'folder');
  put(owner, `${at}/set1/sub`, undefined, 'folder');
  put(owner, `${at}/set1/sub/b`, 2);
}

const known = (id: string, name: string): KnownPeer => ({
  id,
  name,
  addresses: [{ host: '10.0.0.1', port: 10000 }],
  active: true,
  since: 0,
  lastSeen: 0,
  files: 0,
  bytes: 0,
  role: 'publish' as const,
});

const names = async (what: string) =>
  (await queries.resolveWhat(what)).flatMap(({ items }) => items.map(({ relative }) => relative));

async function one(what: string, from?: string) {
  const [wanted, ...more] = await queries.resolveWhat(what, { from });
  assert.equal(more.length, 0);
  assert.equal(wanted!.kind, 'file');
  return wanted!.items[0]!;
}

async function fails(promise: Promise<unknown>, code: string, text = /./): Promise<PeerdexError> {
  let caught: PeerdexError | undefined;
  await assert.rejects(promise, (error: PeerdexError) => {
    caught = error;
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.hint ?? ''}`, text);
    return true;
  });
  return caught!;
}
