import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

const linkIn = (data: string): Promise<string> => readFile(path.join(data, 'join-link'), 'utf8');

describe('data folders of the other kind', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  before(async () => {
    network = await ProcessNetwork.start();
    alice = await network.peer('alice');
    await alice.daemon.kill('SIGTERM');
    await network.registry.kill('SIGTERM');
  });
  after(() => network[Symbol.asyncDispose]());

  it('are refused in a sentence and left as they are', async () => {
    const registry = network.folder.join('registry');
    const links = [await linkIn(registry), await linkIn(alice.data)];
    for (const [args, data] of [
      [['up', '--listen', '127.0.0.1:0', '--join', network.join], registry],
      [['start'], registry],
      [['join', network.join], registry],
      [['registry', '--listen', '127.0.0.1:0'], alice.data],
    ] as const) {
      const { code, stderr } = await runProgram([...args, '--data', data], { timeout: 20_000 });
      assert.equal(code, 1, `${args[0]}: ${stderr}`);
      const [sentence, hint, ...rest] = stderr.trimEnd().split('\n');
      assert.match(sentence!, /^peerdex: .* is the data folder of a (peer|registry), and takes no/);
      assert.match(hint!, /--data/);
      assert.deepEqual(rest, []);
    }
    assert.deepEqual([await linkIn(registry), await linkIn(alice.data)], links);
    const names = new Set(await readdir(registry));
    for (const name of ['peer-key.pem', 'peer.db', 'downloads', 'sample', 'registry'])
      assert.ok(!names.has(name), name);
  });
});
