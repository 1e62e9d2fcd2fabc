import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Daemon } from '../harness/daemon.ts';
import { makeTree } from '../harness/files.ts';
import type { PeerReadyLine, RegistryReady } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { programInPath } from '../terminal/program.ts';

describe('completion', () => {
  let folder: TempFolder;
  let registry: Daemon<RegistryReady>;
  let peer: Daemon<PeerReadyLine>;
  let searchPath: string;

  before(async () => {
    folder = await tempFolder();
    registry = await Daemon.start(['registry', '--listen', '127.0.0.1:0', '--data', folder.join('r')]);
    const music = await makeTree(folder.join('music'), {
      'live/first song.ogg': 'a',
      'cover.png': 'b',
      'cover\tof\u202etab.png': 'c',
    });
    const flags = ['--join', registry.ready.join, '--listen', '127.0.0.1:0', '--data', folder.join('p')];
    peer = await Daemon.start(['up', music, '--name', 'seed', ...flags]);
    searchPath = await programInPath(folder.join('bin'));
  });
  after(async () => {
    await peer?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  async function complete(...words: string[]): Promise<string[]> {
    const env = { PEERDEX_DATA: folder.join('p') };
    const { code, stdout, stderr } = await runProgram(['complete', '--', ...words], { env });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!]));
  }

  it('knows commands, those of a registry, and flags; hidden commands it does not offer', async () => {
    assert.deepEqual(await complete('pe'), ['peers']);
    assert.ok(!(await complete('')).includes('complete'));
    assert.deepEqual(await complete('registry', 'inv'), ['invite', 'invites']);
    assert.deepEqual(await complete('get', '--ov'), ['--overwrite']);
    assert.deepEqual(await complete('status', '--log-format', ''), ['text', 'json']);
    assert.deepEqual(await complete('share', ''), [':folders']);
    assert.deepEqual(await complete('registry', 'invite', '--role', ''), ['fetch', 'publish', 'admin']);
    assert.deepEqual(await complete('limit', '--up', 'un'), ['unlimited']);
  });

  it('knows peers, folders, files and shares of the running daemon', async () => {
    assert.deepEqual(await complete('ls', 's'), ['seed:']);
    assert.deepEqual(await complete('get', '--from', ''), ['seed']);
    assert.deepEqual(await complete('find', 'x', '--peer', 's'), ['seed']);
    assert.deepEqual(await complete('get', 'seed:music/l'), ['seed:music/live/']);
    assert.deepEqual(await complete('get', 'first'), ['first song.ogg']);
    assert.deepEqual(await complete('get', 'live/fi'), ['live/first song.ogg']);
    assert.deepEqual(await complete('unshare', 'm'), ['music']);
    assert.deepEqual(await complete('unshare', folder.join('m')), [folder.join('music')]);
  });

  it('offers no name that would break lines or deceive a terminal', async () => {
    assert.deepEqual(await complete('get', 'seed:music/'), ['seed:music/cover.png', 'seed:music/live/']);
  });

  it('is silent where no daemon runs', async () => {
    assert.deepEqual(await complete('--data', folder.join('nobody'), 'get', 'x'), []);
    assert.deepEqual(await complete('get', '--data', folder.join('nobody'), 'x'), []);
  });

  it('refuses a shell that it has no script for', async () => {
    const { code, stderr } = await runProgram(['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /no completion for tcsh[\s\S]*bash, zsh, fish/);
  });

  it('works in bash, where a colon cuts words', { skip: skipWithout('bash') }, () => {
    const env = { ...process.env, PATH: searchPath, PEERDEX_DATA: folder.join('p'), HOME: folder.path };
    const ask = (line: string, words: string) => {
      const script = `source <(peerdex completion bash); COMP_LINE=${line}; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${words})
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _peerdex; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return stdout.trim();
    };
    assert.equal(ask("'peerdex get seed:music/l'", "peerdex get seed ':' music/l"), 'music/live/');
    assert.equal(ask("'peerdex get fir'", 'peerdex get fir'), 'first\\ song.ogg');
  });
});
