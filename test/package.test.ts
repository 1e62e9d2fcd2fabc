import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FindAnswer } from './harness/answers.ts';
import { Daemon } from './harness/daemon.ts';
import { makeTree } from './harness/files.ts';
import type { PeerReadyLine, RegistryReady } from './harness/processes.ts';
import { runProgram } from './harness/program.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';

const ROOT = path.dirname(import.meta.dirname);
const NPM_TIMEOUT_MS = 180_000;

function npm(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    timeout: NPM_TIMEOUT_MS,
  });
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the package as it is published', () => {
  let folder: TempFolder;
  let program: string;
  let files: string[];
  const { version, bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
    bin: { peerdex: string };
  };

  before(async () => {
    folder = await tempFolder();
    const packed = npm(ROOT, 'pack', '--json', '--pack-destination', folder.path);
    // prepack may print before the JSON.
    const [report] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as {
      filename: string;
      files: { path: string }[];
    }[];
    files = report!.files.map((file) => file.path);
    const home = folder.join('home');
    await mkdir(home);
    await writeFile(path.join(home, 'package.json'), '{"private":true}');
    npm(
      home,
      'install',
      '--omit=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      folder.join(report!.filename),
    );
    program = path.join(home, 'node_modules/peerdex', bin.peerdex);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('has what it needs and nothing that is only for developers', () => {
    for (const wanted of [
      'bin/peerdex.js',
      'dist/cli/main.js',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'ARCHITECTURE.md',
    ]) {
      assert.ok(files.includes(wanted), `${wanted} is in the package`);
    }
    assert.deepEqual(
      files.filter((file) => /^(src|test|bench|node_modules)\/|\.test\.|(?<!\.d)\.ts$/.test(file)),
      [],
    );
    assert.equal(existsSync(path.join(path.dirname(path.dirname(program)), 'src')), false);
  });

  it('says its version', async () => {
    const { code, stdout, stderr } = await runProgram(['--version'], { program });
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), version);
    assert.ok(existsSync(folder.join('home/node_modules/.bin/peerdex')));
  });

  it('runs a registry and peers that scan, find and fetch', async () => {
    const options = { program };
    await using registry = await Daemon.start<RegistryReady>(
      ['registry', '--listen', '127.0.0.1:0', '--data', folder.join('registry')],
      options,
    );
    const notes = await makeTree(folder.join('notes'), { 'packed.txt': 'from the package' });
    const up = (name: string, ...more: string[]) =>
      Daemon.start<PeerReadyLine>(
        [
          'up',
          ...more,
          '--join',
          registry.ready.join,
          '--listen',
          '127.0.0.1:0',
          '--name',
          name,
          '--data',
          folder.join(name),
        ],
        options,
      );
    await using alice = await up('alice', notes);
    assert.equal(alice.ready.registered, true);
    await using _bob = await up('bob');
    const found = await runProgram(['find', 'packed', '--json', '--data', folder.join('bob')], options);
    assert.equal((JSON.parse(found.stdout) as FindAnswer).total, 1, found.stderr);
    const got = await runProgram(
      ['get', 'packed.txt', '-o', folder.join('got.txt'), '--data', folder.join('bob')],
      options,
    );
    assert.equal(got.code, 0, got.stderr);
    assert.equal(readFileSync(folder.join('got.txt'), 'utf8'), 'from the package');
  });
});
