import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const FILES = 1500;
const BIG = 700_000;

const nameOf = (n: number): string => `d${n % 23}/${n % 3 === 0 ? 'größe ' : 'n'}${n}`;
/** Every fiftieth is empty. */
const textOf = (n: number): string => (n % 50 === 0 ? '' : `${n} `.repeat(1 + (n % 700)));

describe('folders of many files', () => {
  let network: ProcessNetwork;
  let fetcher: PeerProcess;
  let source: string;
  let out: string;

  before(async () => {
    network = await ProcessNetwork.start();
    source = network.folder.join('set');
    for (let folder = 0; folder < 23; folder += 1)
      await mkdir(path.join(source, `d${folder}`), { recursive: true });
    await mkdir(path.join(source, 'nothing/in here'), { recursive: true });
    for (let n = 0; n < FILES; n += 1) {
      const file = path.join(source, nameOf(n));
      await writeFile(file, textOf(n));
      if (n % 11 === 0) await chmod(file, 0o755);
      await utimes(file, 1_500_000_000 + n, 1_500_000_000 + n);
    }
    await writeFile(path.join(source, 'big.bin'), new Uint8Array(BIG).fill(7));
    await utimes(path.join(source, 'big.bin'), 1_400_000_000, 1_400_000_000);
    await chmod(path.join(source, 'big.bin'), 0o755);
    // What becomes of its files it sees when it is asked for them.
    const env = { ...process.env, PEERDEX_WATCH: 'false' };
    await network.peer('holder', { shares: [source], scanInterval: 3600, env });
    fetcher = await network.peer('fetcher', { scanInterval: 3600 });
    out = await network.makeFolder('out');
  });
  after(() => network[Symbol.asyncDispose]());

  const into = (folder: string): string => path.join(out, folder);
  async function assertAll(root: string, without: ReadonlySet<number> = new Set()): Promise<void> {
    for (let n = 0; n < FILES; n += 1) {
      if (without.has(n)) continue;
      const file = path.join(root, 'set', nameOf(n));
      assert.equal(await readFile(file, 'utf8'), textOf(n), file);
      const look = await stat(file);
      assert.equal(look.mtimeMs, (1_500_000_000 + n) * 1000);
      assert.equal((look.mode & 0o111) !== 0, n % 11 === 0, file);
    }
    const names = await readdir(root, { recursive: true });
    assert.deepEqual(
      names.filter((name) => name.includes('.peerdex-')),
      [],
      'nothing is left half done',
    );
  }

  it('come as one job, as they are', async () => {
    const result = await fetcher.get(['holder:set/', '-o', `${into('all')}/`]);
    assert.equal(result.succeeded().length, FILES + 1);
    assert.equal(new Set(result.done.map(({ job }) => job)).size, 1);
    await assertAll(into('all'));
    assert.ok((await stat(into('all/set/nothing/in here'))).isDirectory());
    const big = await stat(into('all/set/big.bin'));
    assert.deepEqual([big.size, big.mtimeMs, big.mode & 0o100], [BIG, 1_400_000_000_000, 0o100]);
  });

  it('that vanished or changed at the holder fail by themselves, and the same command fetches what is missing', async () => {
    const gone = new Set([7, 8, 9]);
    const other = await network.peer('other', { scanInterval: 3600 });
    for (const n of gone) await rm(path.join(source, nameOf(n)));
    await writeFile(path.join(source, nameOf(10)), 'something else');
    const args = ['holder:set/', '--from', 'holder', '-o', `${into('gaps')}/`];
    const result = await other.get(args);
    assert.equal(result.code, 1, result.stderr);
    assert.equal(result.done.length, FILES + 1 - 4);
    const failed = new Map(
      result.failed.map((event) => [path.relative(into('gaps/set'), event.path), event.reason]),
    );
    assert.deepEqual([...failed.keys()].toSorted(), [7, 8, 9, 10].map(nameOf).toSorted());
    assert.match(failed.get(nameOf(7))!, /holder: it does not share this file any more/);
    assert.match(failed.get(nameOf(10))!, /holder: (the file changed|it does not share)/);
    await assertAll(into('gaps'), new Set([...gone, 10]));
    // The holder has withdrawn them, so that they are wanted no more; what is there is not fetched again.
    const again = await eventually(async () => {
      const next = await other.get(args);
      return next.code === 0 && next;
    });
    const fetched = again.done
      .filter(({ bytes }) => bytes > 0)
      .map((event) => path.relative(into('gaps/set'), event.path));
    assert.ok(
      fetched.every((name) => name === nameOf(10)),
      String(fetched),
    );
    await other.daemon.kill('SIGTERM');
  });

  it('go on after SIGKILL, and nothing that is there is fetched again', async () => {
    const killed = await network.peer('killed', { scanInterval: 3600, args: ['--down-limit', '300kB/s'] });
    const background = await BackgroundGet.start(killed, ['holder:set/', '-o', `${into('killed')}/`]);
    const countOf = async () => (await readdir(into('killed'), { recursive: true }).catch(() => [])).length;
    await eventually(async () => (await countOf()) > 300);
    await killed.daemon.kill();
    await background.result().catch(() => {});
    const before = await countOf();
    assert.ok(before < FILES, `${before} of all were there`);
    await killed.daemon.restart();
    await killed.run(['limit', '--down', 'none']);
    await eventually(async () => {
      const { jobs } = await killed.client.jobs();
      return jobs.every(({ state }) => state === 'done');
    });
    await assertAll(into('killed'), new Set([7, 8, 9, 10]));
  });
});
