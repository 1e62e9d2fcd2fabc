import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { LINES } from './harness/install-page.ts';
import { Machine } from './harness/machine.ts';
import { debianPackage, debianRoot } from './harness/products.ts';
import { run } from './harness/shell.ts';
import { skip } from './harness/tools.ts';

const [, install, manual, enableRegistry, invite, configure, enablePeer, share, status] =
  LINES.get('Debian package')!;
if (!skip) void debianRoot().catch(() => {}); // begins now, and whoever needs it gets the error

describe('the Debian package on a machine with systemd', { skip }, () => {
  let root: string;
  let machine: Machine;

  before(async () => {
    root = await debianRoot();
    const place = path.join(root, 'root/dist-binary');
    mkdirSync(place);
    copyFileSync(await debianPackage(), path.join(place, path.basename(await debianPackage())));
    await run('chroot', [root, 'sh', '-c', `cd /root && ${install}`]);
    machine = await Machine.boot(root);
  });
  after(async () => await machine?.[Symbol.asyncDispose]());

  it('registry and peer start, by the lines of the install page', async () => {
    mkdirSync(path.join(root, 'srv/files'), { recursive: true });
    writeFileSync(path.join(root, 'srv/files/hello.txt'), 'hello');
    assert.match(await machine.run(manual!), /peerdex registry invite/);
    await machine.run(enableRegistry!);
    const link = (await machine.run(invite!)).trim();
    assert.match(link, /^peerdex:\/\/192\.0\.2\.10/);
    await machine.run(configure!.replace('LINK', link));
    await machine.run(enablePeer!);
    await machine.run(share!);
    await eventually(async () => /hello\.txt/.test(await peer('find hello')));
    assert.match(await machine.run(status!), /registered/);
  });

  it('both are ready and watched, bounded, private, and say no secret in the journal', async () => {
    for (const unit of ['peerdex-registry', 'peerdex-peer']) {
      const shown = await machine.run(
        `systemctl show ${unit} -p ActiveState,WatchdogUSec,LimitNOFILE,TasksMax,NRestarts`,
      );
      assert.deepEqual(shown.trim().split('\n').sort(), [
        ...['ActiveState=active', 'LimitNOFILE=65536', 'NRestarts=0', 'TasksMax=256', 'WatchdogUSec=1min'],
      ]);
      await machine.run(`systemd-analyze security --threshold=30 ${unit}`);
    }
    assert.equal(
      await machine.run('stat -c "%U %a" /var/lib/peerdex/peer /var/lib/peerdex/registry'),
      'peerdex 700\npeerdex 700\n',
    );
    const journal = await machine.run('journalctl -u peerdex-registry -u peerdex-peer --no-pager');
    assert.match(journal, /listens on/);
    assert.doesNotMatch(journal, /secret=/);
  });

  it('a peer that is killed comes back, and so does one that hangs', async () => {
    await machine.run('mkdir -p /run/systemd/system/peerdex-peer.service.d');
    await machine.run(
      'printf "[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestartSec=100ms\\nWatchdogSec=4\\nTimeoutAbortSec=1\\n" > /run/systemd/system/peerdex-peer.service.d/soon.conf',
    );
    await machine.run('systemctl daemon-reload && systemctl restart peerdex-peer');
    for (const [signal, result] of [
      ['KILL', 'signal'],
      ['STOP', 'watchdog'],
    ]) {
      const before = await show('NRestarts');
      await machine.run(`systemctl kill --kill-whom=main --signal=${signal} peerdex-peer`);
      await eventually(async () => (await show('NRestarts')) > before, { timeout: 60_000 });
      await eventually(async () => (await show('ActiveState')) === 'active', { timeout: 60_000 });
      assert.match(
        await machine.run('journalctl -u peerdex-peer --no-pager'),
        new RegExp(`Failed with result '${result}'`),
      );
    }
    await eventually(async () => /hello\.txt/.test(await peer('find hello')));
  });

  it('a peer with wrong settings is not started again', async () => {
    await machine.run(
      'cp /etc/peerdex/peer.env /root/ && echo PEERDEX_LISTEN=nonsense >> /etc/peerdex/peer.env',
    );
    await machine.try('systemctl restart peerdex-peer');
    assert.equal(await show('ActiveState'), 'failed');
    assert.equal(await show('ExecMainStatus'), '2');
    await machine.run('cp /root/peer.env /etc/peerdex/ && systemctl restart peerdex-peer');
  });

  it('the check of the Docker image sees a daemon that lives, and one that does not', async () => {
    copyFileSync(
      path.join(import.meta.dirname, '../../packaging/docker/healthy'),
      path.join(root, 'usr/local/bin/healthy'),
    );
    assert.notEqual((await machine.try('healthy')).code, 0);
    await machine.run(
      'echo PEERDEX_METRICS=127.0.0.1:9470 >> /etc/peerdex/peer.env && systemctl restart peerdex-peer',
    );
    for (const asked of ['', '/healthz', '/readyz']) await machine.run(`healthy ${asked}`);
    assert.notEqual((await machine.try('healthy /nothing')).code, 0);
  });

  it('both stop in order, and the package takes its state and user with it', async () => {
    await machine.run('systemctl stop peerdex-peer peerdex-registry');
    assert.equal(await show('Result'), 'success');
    await machine.run('systemctl start peerdex-registry peerdex-peer');
    await machine.run('apt-get purge peerdex');
    const left = await machine.run(
      'ls -d /var/lib/peerdex /etc/peerdex /usr/bin/peerdex 2>/dev/null || true',
    );
    assert.equal(left, '');
    assert.doesNotMatch(readFileSync(path.join(root, 'etc/passwd'), 'utf8'), /^peerdex:/m);
    for (const unit of ['peerdex-peer', 'peerdex-registry'])
      assert.match((await machine.try(`systemctl is-active ${unit}`)).stdout, /inactive/);
    assert.equal(
      existsSync(path.join(root, 'etc/systemd/system/multi-user.target.wants/peerdex-peer.service')),
      false,
    );
  });

  const peer = (words: string): Promise<string> =>
    machine.run(`sudo -u peerdex peerdex ${words} --data /var/lib/peerdex/peer`);
  const show = async (property: string): Promise<string> =>
    (await machine.run(`systemctl show -P ${property} peerdex-peer`)).trim();
});
