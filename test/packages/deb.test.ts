import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildDeb } from '../../packaging/deb/build.ts';
import { runProgram } from '../harness/program.ts';
import { smoke } from '../harness/smoke.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';
import { hasTool } from '../runner/system-tools.ts';

const NEEDED = ['debootstrap', 'dpkg-deb', 'lintian', 'chroot', 'systemd-analyze', 'man'];
const missing = NEEDED.filter((name) => !hasTool(name));
const skip =
  process.getuid?.() !== 0
    ? 'run as root: it makes roots of their own'
    : missing.length > 0 && `install ${missing.join(', ')} and run again`;
const PACKAGES = 'adduser,libatomic1,libstdc++6';

/** Runs a command; fails the test unless it ends well. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 600_000 });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${error?.message ?? ''}${stdout}${stderr}`);
  return stdout;
}

describe('executable and Debian package', { skip }, () => {
  let folder: TempFolder;
  let deb: string;
  let binary: string;

  before(async () => {
    folder = await tempFolder();
    deb = await buildDeb();
    binary = path.join(path.dirname(deb), `peerdex-linux-${process.arch}`);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('the executable runs in a root that has its libraries and nothing else', async () => {
    const root = folder.join('bare');
    mkdirSync(path.join(root, 'tmp'), { recursive: true });
    copyFileSync(binary, path.join(root, 'peerdex'));
    const addon = globSync('node_modules/@napi-rs/blake-hash-linux-*/*.node')[0]!;
    const libraries = [binary, addon].flatMap((file) => run('ldd', file).match(/(?<=[\s])\/\S+/g) ?? []);
    assert.ok(libraries.length > 3);
    for (const library of libraries) {
      mkdirSync(path.dirname(path.join(root, library)), { recursive: true });
      copyFileSync(library, path.join(root, library));
    }
    const command = ['chroot', root, '/peerdex'];
    await smoke(path.join(root, 'work'), { command, env: { HOME: '/work' } }, '/work');
  });

  it('lintian finds no error, and the units are exposed little', () => {
    assert.doesNotMatch(run('lintian', '--allow-root', '--fail-on', 'none', deb), /^E:/m);
    run('dpkg-deb', '--extract', deb, folder.join('tree'));
    for (const unit of ['peerdex-registry.service', 'peerdex-peer.service']) {
      const file = folder.join('tree/lib/systemd/system', unit);
      const said = run('systemd-analyze', 'security', '--offline=true', '--threshold=40', file);
      assert.match(said, /Overall exposure level for .*: [0-3]\.\d OK/);
    }
    const page = folder.join('tree/usr/share/man/man1/peerdex.1.gz');
    const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', page], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.match(stdout, /peerdex registry invite[\s\S]*PEERDEX_JOIN[\s\S]*EXIT STATUS/);
  });

  it('installs on Debian without Node, runs as its own user, and purges what it kept', async () => {
    const root = folder.join('debian');
    run('debootstrap', '--variant=minbase', `--include=${PACKAGES}`, 'bookworm', root);
    copyFileSync(deb, path.join(root, 'peerdex.deb'));
    run('chroot', root, 'dpkg', '-i', '/peerdex.deb');
    assert.match(readFileSync(path.join(root, 'etc/passwd'), 'utf8'), /^peerdex:/m);
    const { stdout } = await runProgram(['--version'], { command: ['chroot', root, 'peerdex'] });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    run('chroot', root, 'install', '-d', '-o', 'peerdex', '/var/lib/peerdex');
    mkdirSync(path.join(root, 'var/lib/peerdex/smoke'), { mode: 0o777 });
    run('chroot', root, 'chown', 'peerdex', '/var/lib/peerdex/smoke');
    const command = ['chroot', '--userspec=peerdex', root, 'peerdex'];
    const env = { HOME: '/var/lib/peerdex' };
    await smoke(path.join(root, 'var/lib/peerdex/smoke'), { command, env }, '/var/lib/peerdex/smoke');
    run('chroot', root, 'dpkg', '--purge', 'peerdex');
    for (const gone of ['var/lib/peerdex', 'etc/peerdex', 'usr/bin/peerdex'])
      assert.equal(existsSync(path.join(root, gone)), false, `${gone} is gone`);
    assert.doesNotMatch(readFileSync(path.join(root, 'etc/passwd'), 'utf8'), /^peerdex:/m);
  });
});
