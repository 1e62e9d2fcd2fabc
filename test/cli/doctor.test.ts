import assert from 'node:assert/strict';
import { open, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { checkMemory, checkNode, checkOpenFiles, checkWatches } from '../../src/app/doctor/machine.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

interface Answer {
  readonly ok: boolean;
  readonly findings: { check: string; status: 'ok' | 'warn' | 'fail'; text: string; todo: string | null }[];
}

async function doctor(data: string, ...more: string[]): Promise<Answer & { code: number | null }> {
  const { code, stdout } = await runProgram(['doctor', '--data', data, '--json', ...more]);
  return { code, ...(JSON.parse(stdout) as Answer) };
}

const of = ({ findings }: Answer, check: string) => findings.filter((one) => one.check === check);

describe('peerdex doctor', () => {
  it('finds nothing that failed where all runs, then says what is wrong and what to do', async () => {
    await using network = await ProcessNetwork.start();
    const registryData = network.folder.join('registry');
    const music = await makeTree(network.folder.join('music'), { 'song.ogg': 'la' });
    const song = path.join(music, 'song.ogg');
    await utimes(song, 1e9, 1e9);
    const peer = await network.peer('one', { shares: [music] });
    const well = await doctor(peer.data);
    assert.equal(well.code, 0, JSON.stringify(well.findings));
    const checks = [
      'node',
      'daemon',
      'data',
      'database',
      'open-files',
      'memory',
      'downloads',
      'shares',
      'watches',
    ];
    for (const check of [...checks, 'registry', 'version', 'clock', 'port'])
      assert.ok(of(well, check).length > 0, `${check} is looked at`);
    for (const check of ['daemon', 'database', 'shares', 'registry', 'version', 'clock', 'port'])
      assert.ok(
        of(well, check).every(({ status }) => status === 'ok'),
        JSON.stringify(of(well, check)),
      );
    assert.match(of(well, 'watches')[0]!.text, /and 2 are shared$/);
    assert.equal((await doctor(registryData)).code, 0, 'a registry is well too');

    await writeFile(song, 'al');
    await utimes(song, 1e9, 1e9);
    assert.equal((await runProgram(['verify', '--data', peer.data])).code, 5);
    const rotten = await doctor(peer.data);
    assert.equal(rotten.code, 1);
    assert.match(of(rotten, 'shares')[1]!.text, /a file has rotted: "song\.ogg"/);

    await peer.daemon.kill('SIGTERM');
    await network.registry.kill('SIGTERM');
    await rm(music, { recursive: true });
    await damage(path.join(peer.data, 'peer.db'));
    const ill = await doctor(peer.data, '--listen', '127.0.0.1:0');
    assert.equal(ill.code, 1);
    assert.deepEqual(
      ill.findings.filter(({ status }) => status === 'fail').map(({ check }) => check),
      ['database', 'shares', 'registry'],
    );
    for (const { status, todo, text } of ill.findings) assert.equal(todo === null, status === 'ok', text);
    assert.match(of(ill, 'daemon')[0]!.text, /no peer runs/);
    assert.equal(of(ill, 'port')[0]!.status, 'ok');
  });

  it('runs before there is anything, and changes nothing', async () => {
    await using folder = await tempFolder();
    const data = folder.join('none');
    const { code, ...answer } = await doctor(data, '--listen', '127.0.0.1:0');
    assert.equal(code, 0, JSON.stringify(answer.findings));
    assert.match(of(answer, 'registry')[0]!.text, /has not joined/);
    await assert.rejects(stat(data), { code: 'ENOENT' });
    const text = (await runProgram(['doctor', '--data', data, '--listen', '127.0.0.1:0'])).stdout;
    assert.match(text, /^ok {4}node {8}Node/m);
    assert.match(text, /^ +→ join one/m);
  });

  it('says so when a folder cannot be one', async () => {
    await using folder = await tempFolder();
    await makeTree(folder.path, { file: 'x' });
    const answer = await doctor(folder.join('file'), '--listen', '127.0.0.1:0');
    assert.equal(answer.code, 1);
    assert.match(of(answer, 'data')[0]!.text, /is no folder/);
  });

  it('knows what a machine must have, and what it should', async () => {
    const statusOf = async (findings: ReturnType<typeof checkNode> | Promise<ReturnType<typeof checkNode>>) =>
      (await findings)[0]!.status;
    assert.equal(await statusOf(checkNode('22.4.0')), 'fail');
    assert.equal(await statusOf(checkNode('26.1.0')), 'ok');
    assert.equal(await statusOf(checkOpenFiles('self', 100)), 'fail');
    assert.equal(await statusOf(checkOpenFiles('self', 512)), 'warn');
    assert.equal(await statusOf(checkOpenFiles('self', Number.POSITIVE_INFINITY)), 'ok');
    assert.equal(await statusOf(checkMemory(64 * 2 ** 20, 128 * 2 ** 20)), 'fail');
    assert.equal(await statusOf(checkMemory(64 * 2 ** 20, 200 * 2 ** 20)), 'warn');
    assert.equal(await statusOf(checkMemory(64 * 2 ** 20, 2 ** 30)), 'ok');
    assert.equal(await statusOf(checkWatches(9000, 8192)), 'warn');
    assert.equal(await statusOf(checkWatches(10, 65_536)), 'ok');
  });
});

/** Writes over a page in the middle, as a failing disk does. */
async function damage(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(4096, 0xee), 0, 4096, Math.floor(size / 8192) * 4096);
}
