import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CsvRow } from '../harness/answers.ts';
import { parseCsv } from '../harness/csv.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const HEADER = ['file', 'host', 'port', 'flag', 'size', 'modified', 'content', 'peer'];
const NAMES = ['=1+1.txt', '+plus.txt', '-minus.txt', '@at.txt', 'a "quoted", name.txt', 'plain.txt'];

describe('the index as CSV', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const tree = Object.fromEntries(NAMES.map((name) => [`sub/${name}`, name]));
    const root = await makeTree(network.folder.join('table'), { ...tree, 'no row for me': null });
    const odd = await makeTree(network.folder.join('=odd share'), { 'x.txt': 'x' });
    alice = await network.peer('alice', { shares: [root, odd] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());

  it('is complete and RFC 4180, with a header, and has no rows for folders', async () => {
    const { code, stdout, stderr } = await bob.run(['csv', '--raw']);
    assert.equal(code, 0, stderr);
    const [header, ...rows] = parseCsv(stdout);
    assert.deepEqual(header, HEADER);
    assert.deepEqual(
      rows.map(([file]) => file).sort(),
      [...NAMES.map((name) => `table/sub/${name}`), '=odd share/x.txt'].sort(),
    );
    for (const row of rows) {
      assert.equal(row.length, HEADER.length);
      assert.deepEqual(row.slice(1, 4), ['127.0.0.1', String(alice.port), '1']);
      assert.match(row[5]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      assert.match(row[6]!, /^[0-9a-f]{64}$/);
      assert.equal(row[7], alice.id);
    }
  });

  it('puts an apostrophe before what a spreadsheet would run, unless --raw', async () => {
    const files = parseCsv((await bob.run(['csv'])).stdout)
      .slice(1)
      .map(([file]) => file!);
    assert.ok(files.includes("'=odd share/x.txt"), files.join('\n'));
    assert.ok(files.includes('table/sub/=1+1.txt'), 'a sign in the middle is harmless');
    const raw = parseCsv((await bob.run(['csv', '--raw'])).stdout)
      .slice(1)
      .map(([file]) => file!);
    assert.ok(raw.includes('=odd share/x.txt'));
  });

  it('prints one object a row with --json, of the same rows', async () => {
    const { stdout } = await bob.run(['csv', '--json']);
    const objects = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CsvRow);
    const rows = parseCsv((await bob.run(['csv', '--raw'])).stdout).slice(1);
    assert.deepEqual(
      objects.map((row) => HEADER.map((column) => String(row[column as keyof CsvRow]))).sort(),
      rows.sort(),
    );
  });

  it('writes to a file with -o', async () => {
    const file = network.folder.join('out.csv');
    assert.equal((await bob.run(['csv', '-o', file])).code, 0);
    assert.equal(await readFile(file, 'utf8'), (await bob.run(['csv'])).stdout);
  });

  it('replaces a table of before, and nothing else', async () => {
    const file = network.folder.join('again.csv');
    for (const args of [['--json'], [], ['--raw'], ['--json']])
      assert.equal((await bob.run(['csv', '-o', file, ...args])).code, 0, args.join(' '));
    const letter = network.folder.join('letter.txt');
    await writeFile(letter, 'dear reader');
    const { code, stderr } = await bob.run(['csv', '-o', letter]);
    assert.equal(code, 1);
    assert.match(stderr, /letter\.txt is no table of the index, and is not replaced\nhint: /);
    assert.equal(await readFile(letter, 'utf8'), 'dear reader');
  });

  it('stands as index.csv in the data folder, at the original’s first columns', async () => {
    const text = await eventually(async () => {
      const content = await readFile(path.join(bob.data, 'index.csv'), 'utf8');
      return parseCsv(content).length === NAMES.length + 2 && content;
    });
    assert.match(text, /^file,host,port,flag/);
    await makeTree(network.folder.join('table'), { 'new one.txt': 'new' });
    await alice.ask(['rescan']);
    await eventually(async () =>
      (await readFile(path.join(bob.data, 'index.csv'), 'utf8')).includes('table/new one.txt'),
    );
  });

  it('says in one sentence that the file cannot be written', async () => {
    const { code, stderr } = await bob.run(['csv', '-o', network.folder.join('no/such/folder/out.csv')]);
    assert.equal(code, 1);
    assert.match(stderr, /out\.csv/);
    const folder = await network.makeFolder('a folder');
    for (const [file, why] of [
      [folder, /: it is a folder\n$/],
      ['/nonexistent/x.csv', /: there is no folder \/nonexistent\n$/],
      ['/dev/null', /: it is no regular file\n$/],
      [path.join(bob.data, 'peer.db'), /ends in \.csv/],
    ] as const) {
      const result = await bob.run(['csv', '-o', file]);
      assert.equal(result.code, 1, file);
      assert.match(result.stderr, why);
      assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    }
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});
