import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';
import { debianPackage, ROOT } from './harness/products.ts';
import { attempt, run } from './harness/shell.ts';
import { skip } from './harness/tools.ts';

/** The spelling of everything that Node has inside. */
const WITHOUT = ['--dont-check-part', 'binaries/spelling'];
const UNITS = ['peerdex-registry.service', 'peerdex-peer.service'];

describe('the Debian package', { skip }, () => {
  let folder: TempFolder;

  before(async () => {
    folder = await tempFolder();
    await run('dpkg-deb', ['--extract', await debianPackage(), folder.join('tree')]);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('gives lintian nothing to warn of', async () => {
    const said = await run('lintian', [
      '--allow-root',
      '--fail-on',
      'none',
      ...WITHOUT,
      await debianPackage(),
    ]);
    assert.doesNotMatch(said, /^[EW]:/m);
    await run(
      'shellcheck',
      ['postinst', 'prerm', 'postrm'].map((name) => path.join(ROOT, 'packaging/deb', name)),
    );
  });

  it('has units that systemd calls exposed little, and that keep, restart, watch and bound', async () => {
    for (const unit of UNITS) {
      const file = folder.join('tree/lib/systemd/system', unit);
      const said = await run('systemd-analyze', ['security', '--offline=true', '--threshold=30', file]);
      assert.match(said, /Overall exposure level for .*: [0-2]\.\d OK/);
      const text = readFileSync(file, 'utf8');
      for (const setting of [
        ...['Type=notify', 'StateDirectory=peerdex/', 'StateDirectoryMode=0700', 'User=peerdex'],
        ...['Restart=on-failure', 'WatchdogSec=60', 'LimitNOFILE=65536', 'TasksMax=256'],
      ])
        assert.match(text, new RegExp(`^${setting}`, 'm'), `${unit}: ${setting}`);
    }
  });

  it('has a manual page that man reads without a complaint', async () => {
    const page = folder.join('tree/usr/share/man/man1/peerdex.1.gz');
    const { stdout, stderr } = await attempt('man', ['--warnings', '-l', page]);
    assert.equal(stderr, '');
    assert.match(stdout, /peerdex registry invite[\s\S]*PEERDEX_JOIN[\s\S]*EXIT STATUS/);
  });

  it('names a maintainer that nobody mistakes for a person', async () => {
    const control = await run('dpkg-deb', ['--field', await debianPackage(), 'Maintainer']);
    assert.match(control, process.env.DEBEMAIL ? /@/ : /^peerdex contributors <\S+@\S+\.invalid>$/m);
  });
});
