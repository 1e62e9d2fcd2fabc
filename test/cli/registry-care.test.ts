import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parseJoinLink } from '../../src/core/join-link.ts';
import { errorOf } from '../harness/answers.ts';
import { Daemon } from '../harness/daemon.ts';
import type { RegistryReady } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

const keys = (value: object) => Object.keys(value).sort();

describe('registry invite, invites, revoke, backup and restore', () => {
  it('answer as the contract says, with the registry running and without', async () => {
    await using folder = await tempFolder();
    const data = ['--data', folder.join('registry')];
    const care = (args: string[], more = {}) => runProgram(['registry', ...args, ...data], more);
    let join: string;
    {
      await using registry = await Daemon.start<RegistryReady>([
        'registry',
        '--listen',
        '127.0.0.1:0',
        ...data,
      ]);
      join = registry.ready.join;
      assert.match(join, /\?mode=tls&role=publish&secret=[\w-]{22}$/);
      const made = await care(['invite', '--role', 'fetch', '--expires', '2h', '--uses', '3']);
      assert.equal(made.code, 0, made.stderr);
      assert.equal(made.stdout.split('\n').length, 2, 'nothing but the link');
      const link = parseJoinLink(made.stdout.trim());
      assert.deepEqual([link.role, link.addresses], ['fetch', parseJoinLink(join).addresses]);
      assert.match(made.stderr, /3 peers with role fetch until/);
      const unknown = await care(['revoke', 'nobody', '--json']);
      assert.deepEqual([unknown.code, errorOf(unknown).code], [3, 'not-found']);
      const peer = await runProgram(['status', ...data]);
      assert.equal(peer.code, 4, 'a registry is no peer daemon');
    }
    const made = await care(['invite', '--json']);
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(keys(JSON.parse(made.stdout)), ['expires', 'id', 'link', 'role', 'uses']);
    const listed = JSON.parse((await care(['invites', '--json'])).stdout);
    assert.equal(listed.invites.length, 3);
    assert.deepEqual(keys(listed.invites[0]), [
      'admitted',
      'created',
      'expires',
      'id',
      'role',
      'standing',
      'state',
      'used',
      'uses',
    ]);
    const table = await care(['invites']);
    assert.match(table.stdout, /^ID +ROLE +STATE/);
    assert.match(table.stdout, /fetch +open +0 of 3/);
    assert.equal((await care(['revoke', 'nobody'])).code, 3);
  });

  it('a backup is encrypted with what the environment or standard input says, and restores the network', async () => {
    await using folder = await tempFolder();
    const data = ['--data', folder.join('registry')];
    const file = folder.join('net.backup');
    let id: string;
    {
      await using registry = await Daemon.start<RegistryReady>([
        'registry',
        '--listen',
        '127.0.0.1:0',
        ...data,
      ]);
      id = registry.ready.id;
      const made = await runProgram(['registry', 'backup', '-o', file, '--json', ...data], {
        input: 'pass word\n',
      });
      assert.equal(made.code, 0, made.stderr);
      const { bytes } = await stat(file).then(({ size }) => ({ bytes: size }));
      assert.deepEqual(JSON.parse(made.stdout), { file, network: id, bytes, encrypted: true });
      assert.ok(!(await readFile(file)).includes('PRIVATE KEY'));
      assert.equal((await runProgram(['registry', 'backup', '-o', file, ...data])).code, 1, 'it is there');
    }
    const target = ['--data', folder.join('restored')];
    const wrong = await runProgram(['registry', 'restore', file, '--json', ...target], { input: 'other\n' });
    assert.deepEqual([wrong.code, errorOf(wrong).code], [1, 'unauthorized']);
    const none = await runProgram(['registry', 'restore', file, ...target]);
    assert.equal(none.code, 2, none.stderr);
    const restored = await runProgram(['registry', 'restore', file, '--json', ...target], {
      env: { PEERDEX_PASSPHRASE: 'pass word' },
    });
    assert.equal(restored.code, 0, restored.stderr);
    assert.deepEqual(JSON.parse(restored.stdout), { network: id, data: folder.join('restored') });
    const full = await runProgram(['registry', 'restore', file, ...target], {
      env: { PEERDEX_PASSPHRASE: 'pass word' },
    });
    assert.equal(full.code, 1);
    assert.match(full.stderr, /not empty/);
    const clear = await runProgram(['registry', 'backup', '--overwrite', '-o', file, ...target]);
    assert.equal(clear.code, 0, clear.stderr);
    assert.match(clear.stderr, /not encrypted/);
  });

  it('bad flags are exit 2, no registry is exit 3, and each has an example', async () => {
    await using folder = await tempFolder();
    const data = ['--data', folder.join('none')];
    const wrong: [string[], RegExp][] = [
      [['invite', '--role', 'king'], /king.*fetch, publish, admin/],
      [['invite', '--expires', 'soon'], /--expires.*soon/],
      [['invite', '--expires', '0'], /--expires/],
      [['invite', '--uses', '0'], /--uses/],
      [['revoke'], /argument|peer/i],
      [['restore'], /argument|file/i],
    ];
    for (const [args, about] of wrong) {
      const { code, stderr } = await runProgram(['registry', ...args, ...data]);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, about);
    }
    for (const args of [
      ['invite'],
      ['invites'],
      ['revoke', 'x'],
      ['backup'],
      ['restore', folder.join('x')],
    ]) {
      const { code, stderr } = await runProgram(['registry', ...args, ...data]);
      assert.equal(code, 3, `${args.join(' ')}: ${stderr}`);
      const { stdout } = await runProgram(['registry', args[0]!, '--help']);
      assert.ok(stdout.includes(`peerdex registry ${args[0]}`) && /example/i.test(stdout));
    }
  });
});
